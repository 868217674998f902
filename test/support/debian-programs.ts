import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Programs that tests start and npm does not bring, with the Debian package of each. */
export const debianPrograms: Readonly<Record<string, string>> = {
  chromium: 'chromium',
  soffice: 'libreoffice-calc',
};

/** Where a program of that name is in the folders of the path; undefined where it is in none. */
function placeOf(program: string, path: string): string | undefined {
  const places = path.split(delimiter).filter((folder) => folder !== '');
  return places
    .map((folder) => join(folder, program))
    .find((place) => {
      try {
        accessSync(place, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Where one of them is. @throws Error naming its package */
export function pathOf(program: string): string {
  const place = placeOf(program, process.env.PATH ?? '');
  if (place === undefined) throw new Error(helpFor([program]));
  return place;
}

export const missingPrograms = (path: string): string[] =>
  Object.keys(debianPrograms).filter((program) => placeOf(program, path) === undefined);

/** What to do where the tests may not install them by themselves. */
export function helpFor(missing: readonly string[]): string {
  const packages = missing.map((program) => debianPrograms[program]).join(' ');
  return `the tests need ${missing.join(' and ')}: install the Debian packages \`apt-get install --no-install-recommends ${packages}\`, or run the tests as root where apt-get is there`;
}

/** What installs the packages of those that are still missing when the lock is held: another run may have been first. */
export function installScript(missing: readonly string[]): string {
  const wanted = missing.map(
    (program) => `command -v ${program} >/dev/null || packages="$packages ${debianPrograms[program]}"`,
  );
  return [
    'set -e',
    'packages=""',
    ...wanted,
    'test -n "$packages" || exit 0',
    'export DEBIAN_FRONTEND=noninteractive',
    'apt-get update -qq',
    'apt-get install -qq -y --no-install-recommends $packages',
  ].join('\n');
}

/** Before all tests (vitest's globalSetup): what is missing is installed, or said. @throws Error naming the packages */
export async function setup(): Promise<void> {
  const missing = missingPrograms(process.env.PATH ?? '');
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || placeOf('apt-get', process.env.PATH ?? '') === undefined)
    throw new Error(helpFor(missing));
  // The kernel gives the lock back when its holder ends, however it ends.
  const lock = join(tmpdir(), 'subledger-debian-programs.lock');
  try {
    await promisify(execFile)('flock', [lock, 'sh', '-c', installScript(missing)], { maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    throw new Error(`${helpFor(missing)}; it was tried, and failed`, { cause: error });
  }
  const still = missingPrograms(process.env.PATH ?? '');
  if (still.length > 0) throw new Error(helpFor(still));
}
