import type { ApiError } from './query.js';

/** An answer before it is sent. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** The body's memory may be used again once it has been sent. */
  isRecyclable?: boolean;
}

export function jsonAnswer(body: Buffer | string, status = 200): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json;charset=utf-8' },
    body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
  };
}

/** Twilio's error body: its own code, a message, where to read more, and the HTTP status again. */
export function errorAnswer(error: ApiError): Answer {
  const { code, message, status } = error;
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  const answer = jsonAnswer(JSON.stringify({ code, message, more_info, status }), status);
  if (status === 401) answer.headers['WWW-Authenticate'] = 'Basic realm="Twilio API"';
  return answer;
}
