import { createHttpTransport, type HttpTransport } from '../adapters/http-transport.js';
import { createPageSlots } from '../adapters/page-slots.js';
import { createTwilio, type TwilioClient } from '../adapters/twilio.js';
import type { Config } from '../config.js';
import { TryAgainError, TwilioRequestError } from '../domain/errors.js';
import type { ExtractInfo } from '../domain/extraction.js';
import { pagesBeyondSlots } from '../domain/limits.js';
import type { Task } from '../domain/task.js';
import type { Outside } from '../pipeline.js';
import { accountTask } from '../stages/discover.js';
import { extract } from '../stages/extract.js';
import type { Lander } from '../stages/land.js';

/** Whom to ask, and where the pages go. */
export interface Pulling {
  readonly transport: HttpTransport;
  readonly lander: Pick<Lander, 'accept' | 'restart'>;
  readonly twilio: TwilioClient;
}

export function pullTasks(
  tasks: readonly Task[],
  config: Config,
  outside: Outside,
  { lander, twilio, transport }: Pulling,
  open: keyof TwilioClient = 'openList',
): Promise<ExtractInfo> {
  const { concurrency, accountConcurrency, headRoomPercent } = config;
  const { clock } = outside;
  const pagesMax = concurrency + pagesBeyondSlots;
  return extract(
    {
      openList: (task, signal) => twilio[open](task, signal),
      accept: (page) => lander.accept(page),
      restart: async (task) => lander.restart(task),
      recycle: transport.recycle,
      slots: createPageSlots({ concurrency, accountConcurrency, headRoomPercent, pagesMax, clock }),
      clock,
      random: outside.random,
      onEvent: outside.onEvent,
    },
    { tasks, concurrency, accountConcurrency, signal: outside.signal },
  );
}

/**
 * Asks for the main account, to see whether Twilio can be reached and takes the credentials, before anything on disk is
 * touched. @throws TryAgainError, ConfigError, TwilioRequestError
 */
export async function knock(config: Config, outside: Outside): Promise<void> {
  outside.onEvent({ kind: 'stage', stage: 'reach', detail: config.baseUrl ?? 'Twilio' });
  const transport = createHttpTransport({ concurrency: 1 });
  const twilio = createTwilio({ ...config, ...config.credentials, transport });
  const lander = {
    accept: async () => ({ kind: 'accepted', rows: 1, inOrder: true, warnings: [] }) as const,
    restart: () => undefined,
  };
  const task = accountTask(0, config.credentials.accountSid);
  try {
    requireAccounts(await pullTasks([task], config, outside, { lander, twilio, transport }, 'openAccount'), outside);
  } finally {
    transport.close();
  }
}

/** Without the accounts there is nothing to do. */
function requireAccounts(info: ExtractInfo, outside: Outside): void {
  outside.signal.throwIfAborted();
  const [failure] = info.failures;
  if (failure === undefined) return;
  const message = `The accounts could not be pulled: ${failure.error.message}`;
  throw failure.error.transient ? new TryAgainError(message) : new TwilioRequestError(message, { ...failure.error });
}
