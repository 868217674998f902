import { stat } from 'node:fs/promises';
import { type OwnCredentials, parseCredentials } from '../domain/credentials-file.js';
import { ConfigError } from '../domain/errors.js';
import { readCsvFile } from './csv.js';

/**
 * Accounts' own credentials from a CSV file that its owner alone can read.
 * @throws ConfigError with every problem, each with the file and the line, and none with a secret
 */
export async function readCredentialsFile(path: string): Promise<readonly OwnCredentials[]> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o077,
    () => 0,
  );
  const { records, problems } = await readCsvFile(path);
  const parsed = parseCredentials(path, records);
  const all = [...problems, ...('problems' in parsed && problems.length === 0 ? parsed.problems : [])];
  const told = all.map((problem) => `${path}: ${problem}`);
  if (mode !== 0) told.unshift(`${path} holds secrets and can be read by others: chmod 600 ${path}`);
  if (told.length > 0 || 'problems' in parsed) throw new ConfigError(told);
  return parsed.entries;
}
