export type Severity = 'fail' | 'warn';

/** Wrong or noteworthy data, as a value: which check saw it, about what, and what to do. */
export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  /** The account, customer, window or file concerned. */
  readonly subject: string;
  readonly detail: string;
  /** What to do next, from the check's header. */
  readonly meaning: string;
}
