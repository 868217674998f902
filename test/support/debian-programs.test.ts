import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { debianPrograms, helpFor, installScript, missingPrograms } from './debian-programs.js';
import { temporaryFolder } from './pipeline-run.js';

/** A folder of programs that write down how they were called. */
async function folderOf(...programs: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const program of programs) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} $*" >> "${folder}/calls"\n`);
    chmodSync(join(folder, program), 0o755);
  }
  writeFileSync(join(folder, 'calls'), '');
  return folder;
}

const callsOf = (folder: string): string[] => readFileSync(join(folder, 'calls'), 'utf8').split('\n').slice(0, -1);

describe('programs that npm does not bring', () => {
  it('are missing where no folder of the path has them as a program', async () => {
    const folder = await folderOf('chromium');
    const other = await temporaryFolder();
    mkdirSync(join(other, 'nothing'));
    writeFileSync(join(other, 'soffice'), 'no program');
    expect(missingPrograms(`${other}:${folder}`)).toEqual(['soffice']);
    expect(missingPrograms(other)).toEqual(Object.keys(debianPrograms));
    expect(missingPrograms('')).toEqual(Object.keys(debianPrograms));
  });

  it('are told by their packages', () => {
    expect(helpFor(['soffice'])).toContain('libreoffice-calc');
    expect(helpFor(['soffice'])).not.toContain('chromium');
  });

  it('are installed as far as they are still missing', async () => {
    const folder = await folderOf('apt-get', 'chromium');
    execFileSync('/bin/sh', ['-c', installScript(['chromium', 'soffice'])], { env: { PATH: folder } });
    expect(callsOf(folder)).toEqual([
      'apt-get update -qq',
      'apt-get install -qq -y --no-install-recommends libreoffice-calc',
    ]);
    const whole = await folderOf('apt-get', 'chromium', 'soffice');
    execFileSync('/bin/sh', ['-c', installScript(['chromium', 'soffice'])], { env: { PATH: whole } });
    expect(callsOf(whole)).toEqual([]);
  });
});
