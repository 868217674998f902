import { type Account, statusAt } from './accounts.js';
import { ApiError } from './query.js';
import type { World } from './world.js';

/** Who is asking. */
export interface Principal {
  account: Account;
  /** Signed in with an API key, not with the account's own SID and token. */
  isKey: boolean;
}

/** Finds out who is asking, by HTTP basic authentication. Throws 401/20003 where nobody is known by that name and secret. */
export function authenticate(world: World, header: string | undefined): Principal {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) throw new ApiError(401, 20003, 'Authentication Error - No credentials provided');
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const at = text.indexOf(':');
  const user = text.slice(0, at);
  const secret = text.slice(at + 1);
  if (user === world.apiKey && secret === world.apiSecret) return { account: world.parent, isKey: true };
  const account = world.account(user);
  if (account === undefined || account.isDeleted || account.authToken !== secret)
    throw new ApiError(401, 20003, 'Authenticate');
  return { account, isKey: false };
}

/**
 * The account of a path, if the one who asks may read it. The main account's own credentials reach every subaccount,
 * open or closed; a main API key does not reach one of them; a subaccount reaches only itself, and only while active
 * (Twilio's Subaccounts page).
 */
export function authorise(world: World, principal: Principal, sid: string, path: string): Account {
  const account = world.account(sid);
  if (account === undefined || account.createdAt > world.now || account.isDeleted) {
    throw new ApiError(404, 20404, `The requested resource ${path} was not found`);
  }
  const isOwn = principal.account === account;
  const isMain = principal.account.index === 0 && !principal.isKey;
  if (!isOwn && !isMain) throw new ApiError(401, 20003, 'Authenticate');
  requireActive(world, principal);
  return account;
}

/** 403/20403 where the credentials are those of a suspended or closed account. */
export function requireActive(world: World, principal: Principal): void {
  const status = statusAt(principal.account, world.now);
  if (status !== 'active') throw new ApiError(403, 20403, `Account ${principal.account.sid} is ${status}`);
}
