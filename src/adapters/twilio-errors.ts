import { concurrentRequestsOf } from '../domain/concurrent-requests.js';
import { ConfigError, TwilioRequestError } from '../domain/errors.js';
import { isUsage } from '../domain/resource.js';
import { describeTask, type Task } from '../domain/task.js';

/**
 * What Twilio refused, in words for the person on call: which account and window, what Twilio said, what to do next. Never a
 * secret and never a phone number, though Twilio's own messages may quote either.
 */

/** What was asked, and as whom. */
export interface Asked {
  readonly task: Task;
  /** The main account. */
  readonly accountSid: string;
  readonly username: string;
  /** Where the account's own credentials stand; undefined for the main account's. */
  readonly origin?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** The transport's error, told for the task. Aborts, ConfigErrors and bugs pass as they are. */
export function transportFailure(error: unknown, { task }: Asked): unknown {
  if (!(error instanceof TwilioRequestError)) return error;
  return new TwilioRequestError(
    `The request for ${describeTask(task)} ${error.message}. Check the network; run again.`,
    {
      status: error.status,
      transient: error.transient,
      cause: error,
    },
  );
}

/**
 * What is wrong with the answer, or undefined for a 200 that may be a page. `password` is taken out of Twilio's message
 * should it stand there.
 */
export function requestFailure(
  answer: Answer,
  asked: Asked,
  password: string,
): TwilioRequestError | ConfigError | undefined {
  const { status } = answer;
  const type = answer.headers['content-type'] ?? 'application/json';
  if (status === 200 && /^application\/([\w.-]+\+)?json\b/i.test(type)) return undefined;
  const what = describeTask(asked.task);
  if (status >= 200 && status <= 299) {
    const odd = status === 200 ? `Content-Type ${printable(type)}` : `status ${status}`;
    return new TwilioRequestError(`The answer for ${what} is not a page (${odd}). Run again later.`, {
      status,
      transient: true,
    });
  }
  const body = parseErrorBody(answer.body);
  const said = body.message === undefined ? '' : `: ${withoutSecrets(body.message, password)}`;
  const code = body.code === undefined ? '' : `/${body.code}`;
  const happened = `Twilio answered ${status}${code} for ${what}${said}`.replace(/\.$/, '');
  const configuration = credentialsProblem(status, asked);
  if (configuration !== undefined) return new ConfigError([`${happened}. ${configuration}`]);
  return new TwilioRequestError(`${happened}. ${nextStep(status, asked)}`, {
    status,
    code: body.code,
    transient: status === 429 || status >= 500,
    retryAfter: answer.headers['retry-after'],
    concurrentRequests: concurrentRequestsOf(answer.headers),
  });
}

/**
 * What the operator must change before any request can succeed, or undefined. Sources: Twilio's "Requests to Twilio" (main
 * account API keys reach only the main account), error 20003 and its support note on Standard and Restricted keys.
 */
function credentialsProblem(status: number, { task, accountSid, username, origin }: Asked): string | undefined {
  // One account's own credentials are no reason to stop the others.
  if (origin !== undefined) return undefined;
  const isKey = username.startsWith('SK');
  if (isKey && task.accountSid !== accountSid && (status === 401 || status === 403)) {
    return (
      "Twilio refuses the main account's API keys on subaccounts: set TWILIO_AUTH_TOKEN (and not TWILIO_API_KEY) to use the " +
      "main account's auth token, or give each subaccount credentials of its own with --credentials."
    );
  }
  if (status !== 401 || task.accountSid !== accountSid) return undefined;
  return isKey
    ? 'Check TWILIO_API_KEY, TWILIO_API_SECRET and TWILIO_REGION (a key works only in its own region); only a key of type ' +
        'Main may list accounts.'
    : 'Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: the token may have been replaced in the Twilio console.';
}

function nextStep(status: number, { task, origin }: Asked): string {
  if (status === 429) return 'Too many requests at once: lower --concurrency, or run again later.';
  if (status >= 500) return 'Twilio is failing: run again later.';
  if (status === 401 && origin !== undefined) {
    return `Check ${origin}: the token may have been replaced, or the key is of another account or region.`;
  }
  if (status === 401 || status === 403) {
    return 'The account may be suspended or closed, or these credentials may not read it: see the Twilio console.';
  }
  if (status === 404) {
    return isUsage(task.resource)
      ? 'Its usage is unknown, which is not zero: run again later.'
      : 'The account is gone at Twilio, or its data were deleted.';
  }
  return 'Asking again would not help: if it stays, report it as a bug.';
}

/** Twilio's error body, `{"code":20003,"message":…}`. A gateway's HTML has neither. */
function parseErrorBody(body: Buffer): { readonly code?: number; readonly message?: string } {
  try {
    const { code, message } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    return {
      ...(typeof code === 'number' ? { code } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    };
  } catch {
    return {};
  }
}

/** Numbers that people can be called at: with a plus, or nine digits and more on their own. SIDs are no such word. */
const phoneNumber = /\+\d[\d ().-]{4,}\d|(?<![\w-])\d{9,}(?!\w)/g;

function withoutSecrets(message: string, password: string): string {
  const secretless = password === '' ? message : message.replaceAll(password, '[secret]');
  return printable(secretless.replace(phoneNumber, '[number]'));
}

/** One line, without control characters, of a length that a log can bear. */
const printable = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
