import { expect } from 'vitest';
import type { TwilioRequestError } from '../../src/domain/errors.js';
import { makeTask, nextOf, pageFor, pageNumberOf, subSid } from './run-extract.js';
import type { Answer, Script, SeenRequest } from './scripted-server.js';

/** What the extraction tests let the server say. */

export const ones = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ sid: `CA${from + index}` }));

/** Three pages of two rows, two rows and one row. */
export const threePages: Script = (request) => {
  const number = pageNumberOf(request);
  return number < 2 ? pageFor(request, ones(2, 2 * number), nextOf(request, number + 1)) : pageFor(request, ones(1, 4));
};

/** Fails the first `times` requests that `fails` knows, then goes on as `then` says. */
export function failing(times: number, answer: Answer, then: Script, fails = (_: SeenRequest) => true): Script {
  let left = times;
  return (request, response) => (fails(request) && left-- > 0 ? answer : then(request, response));
}

export const onlyError = (failures: readonly { readonly error: TwilioRequestError }[]): TwilioRequestError => {
  expect(failures).toHaveLength(1);
  const [failure] = failures;
  if (failure === undefined) throw new Error('no failure');
  return failure.error;
};

export const calls = () => makeTask('calls', subSid(1));
export const twilioError = (status: number, code: number): Answer => ({
  status,
  body: { code, message: 'said Twilio', status },
});
