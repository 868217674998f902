/**
 * The lists that Subledger pulls. `timeColumn` is the row field that the window filters; usage is filtered by whole days.
 * Source: Twilio's OpenAPI document, api_v2010 (ListCall, ListMessage, ListUsageRecordDaily, ListAccount).
 */
export const resources = ['calls', 'messages', 'usage_records'] as const;

/** What is asked for per account and window. */
export type Resource = (typeof resources)[number];

/** What is landed: the account list too. */
export const landedResources = ['accounts', ...resources] as const;

export type LandedResource = (typeof landedResources)[number];

/** The envelope's key that holds the rows. */
export const rowsKey: Readonly<Record<LandedResource, string>> = {
  accounts: 'accounts',
  calls: 'calls',
  messages: 'messages',
  usage_records: 'usage_records',
};
