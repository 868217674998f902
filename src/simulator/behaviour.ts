/** What Twilio's texts leave open, and how large its pages are. */
export interface Behaviour {
  /** Whether a row exactly on the bound of a `<` filter comes. */
  readonly includesUpper: boolean;
  /** Whether the list of accounts holds the parent itself. */
  readonly listsParent: boolean;
  /** Rows of a page at most, whatever PageSize asks for. */
  readonly pageRowsMax: number;
}
