import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callRules } from './support/tidy-calls.js';
import { breaches, readFiles } from './support/tidy-rule.js';
import { sqlRules } from './support/tidy-sql.js';
import { typescriptRules } from './support/tidy-typescript.js';

/** The rules of the house (design.md, docs/architecture.md), each with what to do about a breach. */
const root = resolve(import.meta.dirname, '..');
const files = [...readFiles(root, ['src', 'test', 'bench'], ['.ts']), ...readFiles(root, ['queries'], ['.sql'])];

describe.each([...typescriptRules, ...callRules, ...sqlRules])('$name', (rule) => {
  it('holds in the repository', () => {
    const found = breaches(rule, files);
    expect(found, `\n${found.join('\n')}\n→ ${rule.remedy}\n`).toEqual([]);
  });

  it('can be broken', () => {
    for (const sample of rule.bad)
      expect(breaches(rule, sample), `this should break it: ${sample[0]?.text}`).not.toEqual([]);
    for (const sample of rule.good) expect(breaches(rule, sample), `this should not: ${sample[0]?.text}`).toEqual([]);
  });
});

it('there is something to keep tidy', () => {
  expect(files.length).toBeGreaterThan(50);
});
