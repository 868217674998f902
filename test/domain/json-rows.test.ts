import { describe, expect, it } from 'vitest';
import { jsonPieces, ndjsonPieces } from '../../src/domain/json-rows.js';

const report = {
  columns: ['name', 'cost', 'count'].map((name) => ({ name, type: name === 'name' ? 'VARCHAR' : 'BIGINT', note: '' })),
};
const chunks = [[['say "hi"\u2028', '0.10000000', '2']], [], [['', null, '12345678901234567890']]];

async function* rows(of: readonly (readonly (readonly (string | null)[])[])[]) {
  yield* of;
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

const objects = [
  { name: 'say "hi"\u2028', cost: '0.10000000', count: '2' },
  { name: '', cost: null, count: '12345678901234567890' },
];

describe('rows as JSON', () => {
  it('are one array of objects, all values texts as they came', async () => {
    const text = await textOf(jsonPieces(report, rows(chunks)));
    expect(JSON.parse(text)).toEqual(objects);
    expect(text).toBe(`[\n${objects.map((object) => JSON.stringify(object)).join(',\n')}\n]\n`);
  });

  it('are an empty array, or no line, where there is no row', async () => {
    expect(await textOf(jsonPieces(report, rows([[]])))).toBe('[]\n');
    expect(await textOf(ndjsonPieces(report, rows([[]])))).toBe('');
  });

  it('are one object a line', async () => {
    const lines = (await textOf(ndjsonPieces(report, rows(chunks)))).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line))).toEqual(objects);
    expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual(['name', 'cost', 'count']);
  });
});
