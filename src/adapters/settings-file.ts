import { stat } from 'node:fs/promises';
import { ConfigError } from '../domain/errors.js';
import { secretNames, settingNames } from '../domain/settings.js';
import { readText } from './files.js';

const defaultPath = 'subledger.json';

/**
 * The configuration file: one JSON object, names as in the environment, values as texts. Nothing where there is none.
 * @throws ConfigError with everything wrong: a file asked for that is missing, not JSON, unknown or repeated names, values
 *   that are no texts, secrets in a file that others can read
 */
export async function readSettings(path: string | undefined): Promise<Record<string, string>> {
  const file = path ?? defaultPath;
  const text = await readText(file);
  if (text === undefined) {
    if (path !== undefined) throw new ConfigError([`The configuration file ${path} does not exist.`]);
    return {};
  }
  const value = parse(file, text);
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(value)) {
    if (!(settingNames as readonly string[]).includes(name)) problems.push(`${file}: ${name} is no setting.`);
    else if (typeof setting !== 'string') problems.push(`${file}: ${name} must be a text in quotes.`);
    if (text.split(`"${name}"`).length > 2) problems.push(`${file}: ${name} is given twice.`);
  }
  const mode = (await stat(file)).mode & 0o077;
  if (mode !== 0 && secretNames.some((name) => name in value)) {
    problems.push(`${file} holds a secret and can be read by others: chmod 600 ${file}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return value as Record<string, string>;
}

function parse(file: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be a secret.
    throw new ConfigError([`${file} is not JSON.`]);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError([`${file} must be one JSON object.`]);
  }
  return value as Record<string, unknown>;
}
