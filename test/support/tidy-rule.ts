import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A text of the repository, or a sample that stands for one. Paths have forward slashes and begin at the root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One rule of the house. A rule that its own bad samples cannot break is no rule, so they are part of it. */
export interface Rule {
  readonly name: string;
  /** What to do about a breach, in words. */
  readonly remedy: string;
  applies(path: string): boolean;
  /** `path:line: what` for each breach. */
  check(files: readonly SourceFile[]): string[];
  readonly bad: readonly (readonly SourceFile[])[];
  readonly good: readonly (readonly SourceFile[])[];
}

export const file = (path: string, text: string): SourceFile => ({ path, text });

export const breaches = (rule: Rule, files: readonly SourceFile[]): string[] =>
  rule.check(files.filter(({ path }) => rule.applies(path)));

/** 1 for the first line. */
export const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length;

/** Breaches where a line matches, after `clean` has taken out what does not count. */
export function matchLines(
  files: readonly SourceFile[],
  pattern: RegExp,
  what: string,
  clean: (text: string) => string = (text) => text,
): string[] {
  return files.flatMap(({ path, text }) =>
    clean(text)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${what}`] : [])),
  );
}

/** Files below the folders of the repository that end in one of the extensions. */
export function readFiles(root: string, folders: readonly string[], extensions: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => file(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')));
}
