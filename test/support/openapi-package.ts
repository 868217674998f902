import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

/**
 * Twilio's own description of its API, the one thing in the tests that nobody here wrote. It ships in a package whose
 * tree is 147 MB; only the package itself (0.7 MB) is fetched, once, and refused unless it is the one that is meant.
 */
const PACKAGE = '@twilio/cli-core@9.0.0';
const INTEGRITY = 'FPHm5gXAUwM2oATmQi3AGYPFz4Urg5G5/vDkpUu5WqNuwueQaS93HwXjdX1OM+miuq0LMimdfbXDTLEp4Nsjfg==';
const DOCUMENT = 'package/src/services/twilio-api/twilio_api_v2010.json';
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/twilio-openapi/', import.meta.url));

function digest(bytes: Buffer): string {
  return createHash('sha512').update(bytes).digest('base64');
}

async function fetchPackage(target: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'fetch-'));
  try {
    const args = ['pack', PACKAGE, '--silent', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: CACHE });
    const fetched = join(folder, stdout.trim().split('\n').at(-1) ?? '');
    if (digest(await readFile(fetched)) !== INTEGRITY) throw new Error(`${PACKAGE} is not the package that was pinned`);
    // Test files run side by side: the last rename wins, and all of them are the same bytes.
    await rename(fetched, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One file of a tar archive: 512-byte headers, name in the first 100 bytes, size in octal at 124. */
function fileOfTar(archive: Buffer, wanted: string): Buffer {
  for (let at = 0; at < archive.length; ) {
    const name = archive.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const prefix = archive.toString('utf8', at + 345, at + 500).replace(/\0.*$/s, '');
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 136), 8) || 0;
    if ((prefix === '' ? name : `${prefix}/${name}`) === wanted) return archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`${PACKAGE} has no ${wanted}`);
}

/** The text of Twilio's OpenAPI document for the API of 2010-04-01. */
export async function readTwilioDocument(): Promise<string> {
  const file = join(CACHE, 'twilio-cli-core-9.0.0.tgz');
  if (!existsSync(file) || digest(await readFile(file)) !== INTEGRITY) await fetchPackage(file);
  return fileOfTar(gunzipSync(await readFile(file)), DOCUMENT).toString('utf8');
}
