import { BodyPool } from '../adapters/body-pool.js';
import { createHttpTransport, type HttpTransport } from '../adapters/http-transport.js';
import { createPageSlots } from '../adapters/page-slots.js';
import type { TwilioClient } from '../adapters/twilio.js';
import { createTwilioAccounts } from '../adapters/twilio-accounts.js';
import { type Config, mainCredentials } from '../config.js';
import { TryAgainError, TwilioRequestError } from '../domain/errors.js';
import type { ExtractInfo, TaskFailure } from '../domain/extraction.js';
import { pagesBeyondSlots } from '../domain/limits.js';
import type { Task } from '../domain/task.js';
import { accountTask, type DiscoverInput, noneAnswered } from '../stages/discover.js';
import { type ExtractPorts, extract } from '../stages/extract.js';
import type { Lander } from '../stages/land.js';
import { AccountsInMemory } from './accounts-in-memory.js';
import type { Outside } from './outside.js';

/** Whom to ask, and where the pages go. */
export interface Pulling {
  readonly transport: HttpTransport;
  readonly lander: Pick<Lander, 'accept' | 'restart'>;
  readonly twilio: TwilioClient;
}

export const twilioOf = (config: Config, transport: HttpTransport): TwilioClient =>
  createTwilioAccounts({
    accountSid: config.credentials.accountSid,
    main: mainCredentials(config),
    own: config.ownCredentials,
    region: config.region,
    edge: config.edge,
    baseUrl: config.baseUrl,
    transport,
  });

export const discoverInputOf = (config: Config): DiscoverInput => ({
  mainAccount: config.credentials.accountSid,
  listed: mainCredentials(config) !== undefined,
  own: config.ownCredentials,
  chosen: config.accounts,
});

export function pullTasks(
  tasks: readonly Task[],
  config: Config,
  outside: Outside,
  { lander, twilio, transport }: Pulling,
  open: keyof TwilioClient = 'openList',
): Promise<ExtractInfo> {
  const { concurrency, accountConcurrency, headRoomPercent, undatedPages } = config;
  const { clock } = outside;
  const pagesMax = concurrency + pagesBeyondSlots;
  const pool = new BodyPool(pagesMax);
  return extract(
    {
      openList: (task, signal) => twilio[open](task, signal),
      accept: (page) => lander.accept(page),
      restart: async (task) => lander.restart(task),
      recycle: transport.recycle,
      room: roomOf(pool),
      slots: createPageSlots({ concurrency, accountConcurrency, headRoomPercent, pagesMax, clock }),
      clock,
      random: outside.random,
      onEvent: outside.onEvent,
    },
    { tasks, concurrency, accountConcurrency, undatedPages, signal: outside.signal },
  ).finally(() => pool.clear());
}

/** Rows wait in pooled room: what waits is then the same size all the time, and V8 does not collect the heap each time it grows. */
const roomOf = (pool: BodyPool): ExtractPorts['room'] => ({
  take: (rows) => pool.append(pool.take(rows.length), 0, rows).subarray(0, rows.length),
  give: (rows) => pool.give(rows),
});

/**
 * Asks for the main account, to see whether Twilio can be reached and takes the credentials, before anything on disk is
 * touched. Without main credentials one of the accounts with their own must answer: a single one that was closed or whose
 * token was replaced is no reason to leave the others. @throws TryAgainError, ConfigError, TwilioRequestError
 */
export async function knock(config: Config, outside: Outside): Promise<void> {
  outside.onEvent({ kind: 'stage', stage: 'reach', detail: config.baseUrl ?? 'Twilio' });
  const transport = createHttpTransport({ concurrency: 1 });
  const { mainAccount, listed, own, chosen } = discoverInputOf(config);
  const pulling = { lander: new AccountsInMemory(mainAccount), twilio: twilioOf(config, transport), transport };
  const askFor = async (accountSid: string): Promise<TaskFailure | undefined> => {
    const { failures } = await pullTasks([accountTask(0, accountSid)], config, outside, pulling, 'openAccount');
    outside.signal.throwIfAborted();
    return failures[0];
  };
  try {
    if (listed) return requireAccount(await askFor(mainAccount));
    const failures: TaskFailure[] = [];
    for (const { accountSid } of own) {
      if (chosen.length > 0 && !chosen.includes(accountSid)) continue;
      const failure = await askFor(accountSid);
      if (failure === undefined) return;
      failures.push(failure);
      if (failure.error.transient) break;
    }
    // Where none was chosen that is in the file, discovery says so.
    if (failures.length > 0) throw noneAnswered(failures);
  } finally {
    transport.close();
  }
}

/** Without the main account there is nothing to do. */
function requireAccount(failure: TaskFailure | undefined): void {
  if (failure === undefined) return;
  const message = `The accounts could not be pulled: ${failure.error.message}`;
  throw failure.error.transient ? new TryAgainError(message) : new TwilioRequestError(message, { ...failure.error });
}
