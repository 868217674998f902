import ts from 'typescript';
import { file, matchLines, type Rule } from './tidy-rule.js';
import { inSource, nodesOf } from './tidy-typescript.js';

/** Comments and texts do not call anything. */
function withoutTexts(text: string): string {
  const tree = ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2023, true);
  const blank = (from: number, to: number): string => text.slice(from, to).replace(/[^\n]/g, ' ');
  let clean = text;
  for (const node of nodesOf(tree)) {
    for (const comment of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) {
      clean = clean.slice(0, comment.pos) + blank(comment.pos, comment.end) + clean.slice(comment.end);
    }
    const isText = ts.isStringLiteral(node) || ts.isRegularExpressionLiteral(node) || ts.isTemplateLiteralToken(node);
    if (isText)
      clean = clean.slice(0, node.getStart(tree)) + blank(node.getStart(tree), node.end) + clean.slice(node.end);
  }
  return clean;
}

interface Banned {
  readonly name: string;
  readonly pattern: RegExp;
  readonly what: string;
  readonly remedy: string;
  /** Where it is at home. */
  readonly home: (path: string) => boolean;
  readonly sample: string;
}

const frontDoor = (path: string): boolean => path === 'src/cli.ts' || path.startsWith('src/commands/');

const bannedCalls: readonly Banned[] = [
  {
    name: 'the process is the front door’s business',
    pattern: /\bprocess\./,
    what: 'uses `process`',
    remedy: 'Read it in cli.ts or a command and pass it in.',
    home: (path) => frontDoor(path) || ['src/adapters/terminal.ts', 'src/adapters/duckdb-memory.ts'].includes(path),
    sample: 'const home = process.env.HOME;',
  },
  {
    name: 'the clock is passed in',
    pattern: /\bDate\.now\b|\bnew (?:UTC)?Date\(\s*\)|\bperformance\.now\b/,
    what: 'reads the clock',
    remedy: 'Take the time from the `clock` port; only adapters/clock.ts reads it.',
    home: (path) => path === 'src/adapters/clock.ts',
    sample: 'const now = new Date();',
  },
  {
    name: 'randomness is passed in',
    pattern: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/,
    what: 'draws a random number',
    remedy: 'Take `random` as a port; only adapters/random.ts draws.',
    home: (path) => path === 'src/adapters/random.ts',
    sample: 'const jitter = Math.random();',
  },
  {
    name: 'nobody talks to the console',
    pattern: /\bconsole\./,
    what: 'uses the console',
    remedy: 'stdout is data, written by a command; everything else is an event or a log line.',
    home: () => false,
    sample: "console.log('here');",
  },
  {
    name: 'money is never a binary floating point number',
    pattern:
      /\bparseFloat\b|\.toFixed\(|\bNumber\([^)]*(?:price|cost|amount|money)|\b(?:price|cost|amount)\w* [*+/-] /i,
    what: 'computes with floating point where money may be',
    remedy: 'Money is decimal text in TypeScript and DECIMAL in SQL; add it in SQL only.',
    // The simulator must not share the product's way with money: it counts in whole units of its own.
    home: (path) => path.startsWith('src/simulator/'),
    sample: 'const total = Number(row.price) + 1;',
  },
];

export const callRules: readonly Rule[] = bannedCalls.map(
  ({ name, pattern, what, remedy, home, sample }): Rule => ({
    name,
    remedy,
    applies: (path) => inSource(path) && !home(path),
    check: (files) => matchLines(files, pattern, what, withoutTexts),
    bad: [[file('src/stages/x.ts', sample)]],
    good: [[file('src/stages/x.ts', `// ${sample}\nconst text = ${JSON.stringify(sample)};`)]],
  }),
);
