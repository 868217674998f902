import { posix } from 'node:path';
import ts from 'typescript';
import { file, lineAt, type Rule, type SourceFile } from './tidy-rule.js';

export const inSource = (path: string): boolean => path.startsWith('src/') && path.endsWith('.ts');
const inCode = (path: string): boolean => /^(src|test|bench)\/.*\.ts$/.test(path);

/** Limits of the house, in lines. Biome keeps the width of code. */
const fileLinesMax = 300;
const functionLinesMax = 70;

const parse = ({ path, text }: SourceFile): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);

export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [node];
  ts.forEachChild(node, (child) => {
    nodes.push(...nodesOf(child));
  });
  return nodes;
}

interface Import {
  readonly path: string;
  readonly line: number;
  readonly from: string;
}

function importsOf(source: SourceFile): Import[] {
  const tree = parse(source);
  return nodesOf(tree).flatMap((node) => {
    const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    const from = isImport ? node.moduleSpecifier : dynamicImport(node);
    if (from === undefined || !ts.isStringLiteral(from)) return [];
    return [{ path: source.path, line: lineAt(source.text, node.getStart(tree)), from: from.text }];
  });
}

const dynamicImport = (node: ts.Node): ts.Expression | undefined =>
  ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined;

/** The room of a file: a folder of src, or one of the files directly in it. */
const roomOf = (path: string): string => (path.split('/')[1] ?? '').replace(/\.ts$/, '');

/** cli → commands → pipeline → {stages, adapters} → domain; simulator and product share only domain. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  cli: ['commands', 'config', 'adapters', 'domain'],
  commands: ['commands', 'pipeline', 'config', 'adapters', 'domain', 'simulator'],
  pipeline: ['pipeline', 'stages', 'adapters', 'config', 'domain'],
  config: ['domain'],
  stages: ['domain'],
  adapters: ['adapters', 'domain'],
  simulator: ['simulator', 'domain'],
  domain: ['domain'],
};

const directions: Rule = {
  name: 'imports keep the directions of the house',
  remedy:
    'Pass the thing in: a stage states the narrow port that it needs, and pipeline.ts hands it the adapter. What two rooms share goes to domain/.',
  applies: inSource,
  check: (files) =>
    files.flatMap(importsOf).flatMap(({ path, line, from }) => {
      if (!from.startsWith('.')) return [];
      const target = roomOf(posix.join(posix.dirname(path), from).replace(/\.js$/, '.ts'));
      const allowed = mayImport[roomOf(path)] ?? [];
      return allowed.includes(target) ? [] : [`${path}:${line}: ${roomOf(path)} may not import ${target}`];
    }),
  bad: [
    [file('src/stages/load.ts', "import { x } from '../adapters/duckdb.js';")],
    [file('src/stages/load.ts', "import { x } from './land.js';")],
    [file('src/domain/task.ts', "import type { x } from '../config.js';")],
    [file('src/simulator/world.ts', "export { x } from '../adapters/files.js';")],
    [file('src/adapters/files.ts', "const x = await import('../pipeline.js');")],
    [file('src/unknown-room/x.ts', "import { x } from '../domain/task.js';")],
  ],
  good: [
    [file('src/pipeline.ts', "import { x } from './stages/load.js';\nimport { y } from './adapters/duckdb.js';")],
    [file('src/commands/run.ts', "import { x } from '../pipeline.js';")],
  ],
};

/** Packages that more than one file may know, and why. */
const sharedPackages: Readonly<Record<string, (path: string) => boolean>> = {
  // The front door's own language: each command declares its flags in it.
  commander: (path) => path === 'src/cli.ts' || path.startsWith('src/commands/'),
};

const packageOf = (from: string): string =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');

const onePackageOneFile: Rule = {
  name: 'a third-party package is imported by one file',
  remedy: 'Use the adapter that knows the package already; give that adapter what is lacking.',
  applies: inSource,
  check: (files) => {
    const users = new Map<string, Import[]>();
    for (const each of files.flatMap(importsOf)) {
      if (each.from.startsWith('.') || each.from.startsWith('node:')) continue;
      const name = packageOf(each.from);
      if (sharedPackages[name]?.(each.path)) continue;
      users.set(name, [...(users.get(name) ?? []), each]);
    }
    return [...users].flatMap(([name, imports]) =>
      new Set(imports.map(({ path }) => path)).size < 2 && sharedPackages[name] === undefined
        ? []
        : imports.map(({ path, line }) => `${path}:${line}: imports ${name}, as another file does`),
    );
  },
  bad: [
    [file('src/adapters/a.ts', "import a from '@x/y';"), file('src/adapters/b.ts', "import type { b } from '@x/y/z';")],
    [file('src/adapters/a.ts', "import { Command } from 'commander';")],
  ],
  good: [
    [file('src/adapters/a.ts', "import a from 'x';\nimport { b } from 'x/sync';")],
    [file('src/cli.ts', "import 'commander';"), file('src/commands/run.ts', "import 'commander';")],
  ],
};

/** Builtins that do no input or output. */
const pureBuiltins: Readonly<Record<string, readonly string[]>> = {
  domain: ['node:buffer'],
  stages: ['node:buffer', 'node:events', 'node:util'],
};

const pureRooms: Rule = {
  name: 'domain takes no builtin and no package but dates; stages do no input or output',
  remedy: 'Move the call into an adapter and pass it in through a port.',
  applies: inSource,
  check: (files) =>
    files.flatMap(importsOf).flatMap(({ path, line, from }) => {
      const room = roomOf(path);
      const isBuiltin = from.startsWith('node:');
      const dates = room === 'domain' && /^(?:date-fns(?:\/|$)|@date-fns\/utc$)/.test(from);
      const judged = isBuiltin || (room === 'domain' && !from.startsWith('.'));
      const breach = judged && pureBuiltins[room]?.includes(from) === false && !dates;
      return breach ? [`${path}:${line}: ${room} imports ${from}`] : [];
    }),
  bad: [
    [file('src/domain/x.ts', "import { readFile } from 'node:fs/promises';")],
    [file('src/domain/x.ts', "import pino from 'pino';")],
    [file('src/stages/x.ts', "import { readFile } from 'node:fs/promises';")],
  ],
  good: [
    [file('src/domain/x.ts', "import { addDays } from 'date-fns';"), file('src/stages/x.ts', "import 'node:events';")],
  ],
};

const fileSizes: Rule = {
  name: `a file has at most ${fileLinesMax} lines`,
  remedy: 'Find the second thing that the file does, and give it a file of its own.',
  applies: inCode,
  check: (files) =>
    files.flatMap(({ path, text }) => {
      const lines = text.trimEnd().split('\n').length;
      return lines > fileLinesMax ? [`${path}:1: has ${lines} lines`] : [];
    }),
  bad: [[file('src/x.ts', 'x;\n'.repeat(fileLinesMax + 1))]],
  good: [[file('src/x.ts', 'x;\n'.repeat(fileLinesMax))]],
};

const functionSizes: Rule = {
  name: `a function has at most ${functionLinesMax} lines`,
  remedy: 'Name a part of it and take it out.',
  applies: (path) => inCode(path) && !path.endsWith('.test.ts'),
  check: (files) =>
    files.flatMap((source) => {
      const tree = parse(source);
      return nodesOf(tree).flatMap((node) => {
        if (!ts.isFunctionLike(node)) return [];
        const from = lineAt(source.text, node.getStart(tree));
        const lines = lineAt(source.text, node.end) - from + 1;
        return lines > functionLinesMax ? [`${source.path}:${from}: a function of ${lines} lines`] : [];
      });
    }),
  bad: [[file('src/x.ts', `const x = () => {\n${'y();\n'.repeat(functionLinesMax)}};`)]],
  good: [[file('src/x.ts', `function x() {\n${'y();\n'.repeat(functionLinesMax - 2)}}`)]],
};

const names: Rule = {
  name: 'files are kebab-case, exports are named, nothing is a barrel',
  remedy: 'Rename the file; export by name where the thing is made, and import it from there.',
  applies: inCode,
  check: (files) =>
    files.flatMap((source) => {
      const base = source.path.split('/').at(-1) ?? '';
      const problems = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/.test(base)
        ? []
        : [`${source.path}:1: is not kebab-case`];
      for (const node of nodesOf(parse(source))) {
        const line = lineAt(source.text, node.getStart());
        const isDefault = ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword;
        if (isDefault && !isSwitchDefault(node)) problems.push(`${source.path}:${line}: exports a default`);
        if (ts.isExportDeclaration(node) && node.moduleSpecifier)
          problems.push(`${source.path}:${line}: exports what is not its own`);
      }
      return problems;
    }),
  bad: [
    [file('src/twoWords.ts', 'x;')],
    [file('src/x.ts', 'export default 1;')],
    [file('src/x.ts', 'export default function x() {}')],
    [file('src/x.ts', "export * from './y.js';")],
  ],
  good: [
    [file('src/two-words.ts', 'export const x = 1;\nswitch (x) { default: y(); }'), file('test/a-b.test.ts', 'x;')],
  ],
};

const isSwitchDefault = (node: ts.Node): boolean => node.parent !== undefined && ts.isDefaultClause(node.parent);

export const typescriptRules: readonly Rule[] = [
  directions,
  onePackageOneFile,
  pureRooms,
  fileSizes,
  functionSizes,
  names,
];
