import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { recycle } from './byte-writer.js';
import type { FaultAction } from './faults.js';

/** Sends an answer as an honest server would. */
export function send(response: ServerResponse, answer: Answer): void {
  if (answer.isRecyclable) response.once('finish', () => recycle(answer.body));
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': answer.body.length });
  response.end(answer.status === 204 ? undefined : answer.body);
}

/** Sends an answer as the fault says. What is left open is cleaned up when the client gives up or the server stops. */
export function sendFaulty(response: ServerResponse, answer: Answer, action: FaultAction): void {
  const { body } = answer;
  if (action.reset === 'before-headers') {
    response.socket?.resetAndDestroy();
  } else if (action.reset === 'mid-body') {
    partly(response, answer, Math.floor(body.length / 2), action, () => response.socket?.resetAndDestroy());
  } else if (action.endless_headers_ms !== undefined) {
    endlessHeaders(response, answer, action.endless_headers_ms);
  } else if (action.stall_after_bytes !== undefined) {
    partly(response, answer, action.stall_after_bytes, action, () => undefined);
  } else if (action.drip !== undefined) {
    drip(response, answer, action, Math.max(action.drip.bytes ?? 1, 1), action.drip.every_ms);
  } else if (action.truncate !== undefined) {
    const kept = action.truncate < 0 ? Math.max(body.length + action.truncate, 0) : action.truncate;
    if (action.declare === 'short') send(response, { ...answer, body: body.subarray(0, kept) });
    else partly(response, answer, kept, action, () => response.socket?.end());
  } else if (action.chunked) {
    head(response, answer, action);
    response.end(body);
  } else {
    send(response, answer);
  }
}

function head(response: ServerResponse, answer: Answer, action: FaultAction): void {
  const length = action.chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': answer.body.length };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.flushHeaders();
}

function partly(response: ServerResponse, answer: Answer, bytes: number, action: FaultAction, then: () => void): void {
  head(response, answer, action);
  if (bytes <= 0) setImmediate(then);
  else response.write(answer.body.subarray(0, bytes), () => setImmediate(then));
}

function drip(response: ServerResponse, answer: Answer, action: FaultAction, bytes: number, everyMs: number): void {
  head(response, answer, action);
  let at = 0;
  const timer = setInterval(() => {
    response.write(answer.body.subarray(at, at + bytes));
    at += bytes;
    if (at < answer.body.length) return;
    clearInterval(timer);
    response.end();
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}

function endlessHeaders(response: ServerResponse, answer: Answer, everyMs: number): void {
  const { socket } = response;
  socket?.write(`HTTP/1.1 ${answer.status} OK\r\n`);
  let line = 0;
  const timer = setInterval(() => socket?.write(`X-Endless-${line++}: 1\r\n`), everyMs);
  response.on('close', () => clearInterval(timer));
}
