import { expect, it } from 'vitest';
import type { RunFinished, RunStarted } from '../../src/domain/manifest.js';
import { interruptedSince } from '../../src/domain/resume.js';

const now = '2026-10-20T12:00:00Z';
const range = { start: '2026-10-01T00:00:00Z', end: '2026-10-20T00:00:00Z' };

const started = (run: number, at: string): RunStarted => ({
  ...{ kind: 'run_started', run, at, range, version: '1', main_account: 'AC0', command: 'run', phone_numbers: 'mask' },
});
const finished = (run: number, aborted: boolean): RunFinished => ({
  ...{ kind: 'run_finished', run, at: now, aborted, pages: 0, rows: 0, requests: 0, retries: 0 },
  outcomes: { complete: 1, refused: 0, failed: 1, unfinished: 0 },
});

it.each([
  ['nothing before', [], 1, undefined],
  ['a run that came to its end, failures or not', [started(1, now), finished(1, false)], 2, undefined],
  ['one that was killed', [started(1, now)], 2, 1],
  ['one that was stopped by a signal', [started(1, now), finished(1, true)], 2, 1],
  ['several in a row', [started(1, now), finished(1, false), started(2, now), started(3, now)], 4, 2],
  ['one too long ago', [started(1, '2026-10-19T23:59:59Z')], 2, undefined],
  ['one just young enough', [started(1, '2026-10-20T00:00:00Z')], 2, 1],
  ['an old one before a young one', [started(1, '2026-10-19T00:00:00Z'), started(2, now)], 3, 2],
] as const)('a run goes on from %s', (_, lines, run, expected) => {
  expect(interruptedSince(lines, run, now)).toBe(expected);
});
