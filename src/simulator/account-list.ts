import { type Account, statusAt } from './accounts.js';
import type { Behaviour } from './behaviour.js';
import { badToken, envelope, readPage } from './paging.js';
import { ApiError, type Query } from './query.js';
import { rfc2822 } from './time.js';
import type { World } from './world.js';

const FILTERS = ['FriendlyName', 'Status'];
const STATUSES = ['active', 'suspended', 'closed'];

/** Sub-resources of an account, in the order of the examples in Twilio's OpenAPI document. */
const SUBRESOURCES = [
  ['available_phone_numbers', 'AvailablePhoneNumbers'],
  ['calls', 'Calls'],
  ['conferences', 'Conferences'],
  ['incoming_phone_numbers', 'IncomingPhoneNumbers'],
  ['notifications', 'Notifications'],
  ['outgoing_caller_ids', 'OutgoingCallerIds'],
  ['recordings', 'Recordings'],
  ['transcriptions', 'Transcriptions'],
  ['addresses', 'Addresses'],
  ['signing_keys', 'SigningKeys'],
  ['connect_apps', 'ConnectApps'],
  ['sip', 'SIP'],
  ['authorized_connect_apps', 'AuthorizedConnectApps'],
  ['usage', 'Usage'],
  ['keys', 'Keys'],
  ['applications', 'Applications'],
  ['short_codes', 'SMS/ShortCodes'],
  ['queues', 'Queues'],
  ['messages', 'Messages'],
  ['balance', 'Balance'],
] as const;

/** One account as JSON text. It holds the account's auth token, as Twilio's does: whoever reads it must drop it. */
export function accountRow(account: Account, now: number): string {
  const base = `/2010-04-01/Accounts/${account.sid}`;
  const status = statusAt(account, now);
  return JSON.stringify({
    auth_token: account.authToken,
    date_created: rfc2822(account.createdAt),
    date_updated: rfc2822(status === 'active' ? account.createdAt : Math.floor(account.endsAt)),
    friendly_name: account.friendlyName,
    owner_account_sid: account.ownerSid,
    sid: account.sid,
    status,
    subresource_uris: Object.fromEntries(SUBRESOURCES.map(([name, path]) => [name, `${base}/${path}.json`])),
    type: 'Full',
    uri: `${base}.json`,
  });
}

/** Accounts that exist now, newest first; the parent is the oldest. A subaccount sees only itself. */
function visible(world: World, reader: Account, listsParent: boolean): Account[] {
  const all = reader.index === 0 ? world.accounts : [reader];
  return all
    .filter((account) => listsParent || account.index !== 0)
    .filter((account) => account.createdAt <= world.now && !account.isDeleted)
    .sort((a, b) => b.createdAt - a.createdAt || b.index - a.index);
}

/** One page of the accounts. */
export function listAccounts(world: World, reader: Account, query: Query, behaviour: Behaviour): Buffer {
  const request = readPage(query, behaviour.pageRowsMax);
  const name = query.get('FriendlyName');
  const status = query.get('Status');
  if (status !== undefined && !STATUSES.includes(status)) {
    throw new ApiError(400, 20001, `Invalid value for Status: ${status}`);
  }
  const found = visible(world, reader, behaviour.listsParent).filter((account) => {
    if (name !== undefined && account.friendlyName !== name) return false;
    return status === undefined || statusAt(account, world.now) === status;
  });
  const { token } = request;
  const sid = token?.slice(2);
  const at = sid === undefined ? -1 : found.findIndex((account) => account.sid === sid);
  if (token !== undefined && (at < 0 || !/^P[AB]/.test(token))) throw badToken();
  const start = token?.startsWith('PB') ? Math.max(at - request.size, 0) : at + 1;
  const page = found.slice(start, token?.startsWith('PB') ? at : start + request.size);
  const last = page.at(-1);
  const first = page[0];
  const { before, after } = envelope('accounts', {
    path: '/2010-04-01/Accounts.json',
    filters: query.echo(FILTERS),
    request,
    count: page.length,
    nextToken: last !== undefined && start + page.length < found.length ? `PA${last.sid}` : undefined,
    previousToken: request.page > 0 && first !== undefined ? `PB${first.sid}` : undefined,
  });
  return Buffer.from(before + page.map((account) => accountRow(account, world.now)).join(',') + after, 'utf8');
}
