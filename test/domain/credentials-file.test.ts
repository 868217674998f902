import { describe, expect, it } from 'vitest';
import { readCsvText } from '../../src/adapters/csv.js';
import { parseCredentials } from '../../src/domain/credentials-file.js';

const [one, two] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
const key = `SK${'a'.repeat(32)}`;
const secret = 'sesame0123456789sesame0123456789';
const parse = (text: string) => parseCredentials('own.csv', readCsvText(text).records);

function problemsOf(text: string): readonly string[] {
  const parsed = parse(text);
  const problems = 'problems' in parsed ? parsed.problems : [];
  expect(problems.join()).not.toContain('sesame');
  return problems;
}

const header = 'account_sid,username,password\n';

describe('a credentials file', () => {
  it('holds an auth token or a key for each account, columns in any order', () => {
    expect(parse(`${header}${one},${one},${secret}\n\n${two}, ${key} ,${secret}x\n`)).toEqual({
      entries: [
        { accountSid: one, username: one, password: secret, origin: 'own.csv, line 2' },
        { accountSid: two, username: key, password: `${secret}x`, origin: 'own.csv, line 4' },
      ],
    });
    expect(parse(`password,account_sid,username\n${secret},${one},${one}`)).toMatchObject({
      entries: [{ accountSid: one, username: one, password: secret }],
    });
  });

  it.each([
    ['', [/^the file is empty; its first line must be account_sid,username,password$/]],
    [header, [/^no account follows the header$/]],
    [`${one},${one},${secret}\n`, [/^line 1: the header must be account_sid,username,password$/]],
    ['account_sid,password\n', [/^line 1: the header must be/]],
    ['account_sid,username,password,password\n', [/^line 1: the header must be/]],
    [`${header}${one},${one}\n`, [/^line 2: has 2 fields, the header 3$/]],
    [`${header}${one},${one},${secret},${secret}\n`, [/^line 2: has 4 fields, the header 3$/]],
    [`${header}${secret},${secret},${one}\n`, [/^line 2: account_sid is no account SID/]],
    [`${header}${one},${secret},${one}\n`, [/^line 2: username is neither/]],
    [`${header}${one},${two},${secret}\n`, [/^line 2: username is neither/]],
    [`${header}${one.slice(1)},,\n`, [/account_sid is no account SID/, /username is neither/, /password is empty/]],
    [`${header}${one}0,${one}0,${secret}\n`, [/account_sid is no account SID/]],
    [`${header}${one},SK12,${secret}\n`, [/username is neither/]],
    [`${header}${one},${one},sesame sesame\n`, [/^line 2: password holds characters/]],
    [
      `${header}${one},${one},${secret}\n${two},${two},${secret}\n${one},${key},${secret}\n`,
      [new RegExp(`^line 4: account ${one} stands already on line 2$`)],
    ],
  ])('%j is refused, and no secret is told', (text, patterns) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(patterns.length);
    for (const [index, pattern] of patterns.entries()) expect(problems[index]).toMatch(pattern);
  });
});
