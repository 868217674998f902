import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The repository, two levels up from dist-bench/bench. */
export const repositoryFolder = fileURLToPath(new URL('../../', import.meta.url));

/** The product as it ships, not a copy compiled for the bench. */
export const cliPath = `${repositoryFolder}dist/cli.js`;

/** What every side tells of itself when it is done. */
export interface SideResult {
  readonly rows: number;
  /** Exact decimal text, positive = charged. */
  readonly cost: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Largest resident set of the process that it ran in. */
  readonly peakMb: number;
}

/**
 * Runs one side as a process of its own, so that its peak memory is its own, and answers the last line that it printed.
 * @throws Error where it fails: no figure is made of a side that did not finish
 */
export async function runSide<Result>(name: string, input: unknown): Promise<Result> {
  const path = fileURLToPath(new URL(`./sides/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(input)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [lines, code] = await Promise.all([linesOf(child), exitOf(child)]);
  const last = lines.at(-1);
  if (code !== 0 || last === undefined) throw new Error(`the side ${name} ended with ${code}`);
  return JSON.parse(last) as Result;
}

/** The lines of a child's stdout, once it has closed it. */
export async function linesOf(child: ChildProcess): Promise<string[]> {
  if (child.stdout === null) return [];
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  return lines;
}

export async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
