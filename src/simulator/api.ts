import { accountRow, listAccounts } from './account-list.js';
import type { Account } from './accounts.js';
import { type Answer, errorAnswer, jsonAnswer } from './answer.js';
import type { Behaviour } from './behaviour.js';
import { fetchCall, listCalls } from './call-list.js';
import { authenticate, authorise, requireActive } from './credentials.js';
import { fetchMessage, listMessages } from './message-list.js';
import { ApiError, Query } from './query.js';
import { listUsage, USAGE_RESOURCES } from './usage-list.js';
import type { World } from './world.js';

const ROOT = '/2010-04-01/Accounts';
const ACCOUNT_PATH = /^\/2010-04-01\/Accounts\/([^/]+?)(?:\/(.+))?\.json$/;

/** Answers one request to the API, as it stands at the simulated clock. */
export function answerApi(
  world: World,
  behaviour: Behaviour,
  method: string,
  url: string,
  authorization: string | undefined,
): Answer {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const query = new Query(at < 0 ? '' : url.slice(at + 1));
  try {
    const principal = authenticate(world, authorization);
    if (method !== 'GET') throw new ApiError(405, 20004, `Method ${method} is not allowed on ${path}`);
    if (path === `${ROOT}.json`) {
      requireActive(world, principal);
      return jsonAnswer(listAccounts(world, principal.account, query, behaviour));
    }
    const [, sid, resource] = ACCOUNT_PATH.exec(path) ?? [];
    if (sid === undefined) throw notFound(path);
    const account = authorise(world, principal, sid, path);
    if (resource === undefined) return jsonAnswer(accountRow(account, world.now));
    refuse(world, account, resource, path);
    if (resource === 'Calls') return recyclable(listCalls(world, account, query, behaviour));
    if (resource === 'Messages') return recyclable(listMessages(world, account, query, behaviour));
    const usage = USAGE_RESOURCES.find((name) => resource === `Usage/${name}`);
    if (usage !== undefined) return recyclable(listUsage(world, account, usage, query, behaviour));
    const [kind, name] = resource.split('/');
    const one =
      kind === 'Calls' && name !== undefined
        ? fetchCall(world, account, name)
        : kind === 'Messages' && name !== undefined
          ? fetchMessage(world, account, name)
          : undefined;
    if (one === undefined) throw notFound(path);
    return jsonAnswer(one);
  } catch (error) {
    if (error instanceof ApiError) return errorAnswer(error);
    throw error;
  }
}

/** What was injected into this account: a list that cannot be read, usage that is not found. */
function refuse(world: World, account: Account, resource: string, path: string): void {
  const { injected } = world;
  const list = resource === 'Calls' ? 'calls' : resource === 'Messages' ? 'messages' : undefined;
  if (list !== undefined && injected.refuses(account, list)) throw new ApiError(500, 20500, 'Internal Server Error');
  if (resource.startsWith('Usage/') && injected.refuses(account, 'usage')) throw notFound(path);
}

function recyclable(body: Buffer): Answer {
  return { ...jsonAnswer(body), isRecyclable: true };
}

function notFound(path: string): ApiError {
  return new ApiError(404, 20404, `The requested resource ${path} was not found`);
}
