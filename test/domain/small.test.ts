import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { progressLine, progressStart, progressWith } from '../../src/domain/progress.js';
import { settingNames } from '../../src/domain/settings.js';
import { statementFileName } from '../../src/domain/statement-name.js';
import { version } from '../../src/domain/version.js';

const root = new URL('../../', import.meta.url);

it('the version is that of package.json', () => {
  expect(JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))).toMatchObject({ version });
});

it('every setting is in the README', () => {
  const readme = readFileSync(new URL('README.md', root), 'utf8');
  for (const name of settingNames) expect(readme).toContain(`\`${name}\``);
});

describe('file names of statements', () => {
  const names = [
    'Acme',
    'ACME',
    'acme',
    'Acme Ltd.',
    '../../etc/passwd',
    '',
    '.',
    'CON',
    '=1',
    'é',
    'e',
    '🙂',
    'x'.repeat(10_000),
  ];

  it('are safe, short, and different even without regard to case', () => {
    const files = names.map(statementFileName);
    for (const file of files) expect(file).toMatch(/^[a-z0-9][a-z0-9-]{0,60}\.csv$/);
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(names.length);
  });

  it('are stable', () => {
    expect(statementFileName('Acme Ltd.')).toBe('acme-ltd-9fec71d45cf2c317.csv');
  });
});

describe('progress', () => {
  it('counts tasks, pages, rows, requests in flight, retries, and guesses the time left', () => {
    const task = { number: 1, accountSid: 'AC1', resource: 'calls', window: undefined, reason: '' } as const;
    let progress = progressStart(0);
    expect(progressLine(progress, 0)).toBe('start');
    progress = progressWith(progress, { kind: 'tasks_planned', tasks: 4 }, 1000);
    progress = progressWith(progress, { kind: 'request_started', task }, 1000);
    progress = progressWith(progress, { kind: 'request_started', task }, 1000);
    progress = progressWith(progress, { kind: 'request_finished', task, ms: 1 }, 2000);
    progress = progressWith(progress, { kind: 'page_accepted', task, pageNumber: 0, rows: 12_345 }, 2000);
    progress = progressWith(progress, { kind: 'retry', task, attempt: 1, waitMs: 5, reason: '429' }, 2000);
    progress = progressWith(progress, { kind: 'task_finished', task, outcome: 'failed', pages: 1, rows: 5 }, 3000);
    expect(progressLine(progress, 3000)).toBe(
      'extract ██████░░░░░░░░░░░░░░░░░░ 1/4 tasks · 1 pages · 12 345 rows · 1 in flight · 1 retries · 1 failed · about 6 s left',
    );
  });
});
