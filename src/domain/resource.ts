/**
 * The lists that Subledger pulls, of each account over a window. Usage is filtered by whole days; calls and messages by the time they
 * took place, and once more without any filter: a call without `start_time` and a message without `date_sent` are reached by no filter.
 * The main account's usage is asked for twice: by itself, and with all its subaccounts, as Twilio itself adds it up.
 * Source: Twilio's OpenAPI document, api_v2010 (ListCall, ListMessage, ListUsageRecordDaily, ListAccount).
 */
export const resources = [
  'calls',
  'messages',
  'usage_records',
  'undated_calls',
  'undated_messages',
  'consolidated_usage_records',
] as const;

/** What is asked for per account and window. */
export type Resource = (typeof resources)[number];

/** What a task pulls: the account list too. */
export type TaskResource = Resource | 'accounts';

/** What landing files hold. The name is the envelope's key of the rows as well. */
export const landedResources = ['accounts', 'calls', 'messages', 'usage_records'] as const;

export type LandedResource = (typeof landedResources)[number];

/** Where the rows of each list are landed. */
export const landedAs: Readonly<Record<TaskResource, LandedResource>> = {
  accounts: 'accounts',
  calls: 'calls',
  messages: 'messages',
  usage_records: 'usage_records',
  undated_calls: 'calls',
  undated_messages: 'messages',
  consolidated_usage_records: 'usage_records',
};

/** Only records without a date are kept of such a list: those with one come with the list that has a filter. */
export const isUndated = (resource: TaskResource): boolean =>
  resource === 'undated_calls' || resource === 'undated_messages';

/** Usage of the account with all its subaccounts. */
export const includesSubaccounts = (resource: TaskResource): boolean => resource === 'consolidated_usage_records';

export const isUsage = (resource: TaskResource): boolean => landedAs[resource] === 'usage_records';
