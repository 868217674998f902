import type { FaultRule } from '../../src/simulator/faults.js';
import { basicAuth, type SimulatorHandle } from './simulator.js';

/** The rows of a page as they stand in its text. Quotes and backslashes are minded: a message's body may hold anything. */
function rawRows(text: string): string[] {
  const rows: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at);
    else if (sign === '{' && ++depth === 2) start = at;
    else if (sign === '}' && --depth === 1) rows.push(text.slice(start, at + 1));
  }
  return rows;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/**
 * A fault that changes fields of one record wherever the simulator lists it by date. Values are JSON texts, so that `0.1` can be
 * a number and `"0.1"` a text; undefined takes the field away.
 */
export async function changedRow(
  simulator: SimulatorHandle,
  account: string,
  list: 'Calls' | 'Messages',
  sid: string,
  fields: Readonly<Record<string, string | undefined>>,
): Promise<FaultRule> {
  const headers = basicAuth(simulator.accountSid, simulator.authToken);
  const url = `${simulator.baseUrl}/2010-04-01/Accounts/${account}/${list}.json?PageSize=1000`;
  const text = await (await fetch(url, { headers })).text();
  const row = rawRows(text).find((one) => (JSON.parse(one) as { sid: string }).sid === sid);
  if (row === undefined) throw new Error(`${sid} is not on the first page of its list`);
  const parts = Object.entries(JSON.parse(row) as Record<string, unknown>).flatMap(([name, value]) => {
    const changed = name in fields ? fields[name] : JSON.stringify(value);
    return changed === undefined ? [] : [`${JSON.stringify(name)}:${changed}`];
  });
  return {
    match: { path: `${account}/${list}\\.json\\?.*(StartTime|DateSent)` },
    action: { edit: { find: row, replace: `{${parts.join(',')}}` } },
  };
}
