import { expect } from 'vitest';
import type { QueryColumn } from '../../src/domain/query.js';
import { amountText, unitsOfPlain } from './units.js';

/** A row of a published CSV as its fields, the escape against formulas undone. */
type Fields = readonly string[];

/** Digits that a spreadsheet shows; of longer numbers the exact text must stand in the column beside. */
const digitsMax = 15;

/** `0012.3400`, `12.34` and `1.234E+001` are one number. */
const plain = (text: string): string => {
  const [whole = '', fraction = ''] = text.replace(/^-/, '').replace(scientific, unscientific).split('.');
  const digits = `${whole.replace(/^0+(?=\d)/, '')}.${fraction.replace(/0+$/, '')}`.replace(/\.$/, '');
  return text.startsWith('-') && digits !== '0' ? `-${digits}` : digits;
};

/** How LibreOffice writes a number of more than 15 digits before the point. */
const scientific = /^(\d)(?:\.(\d+))?E\+(\d+)$/;
const unscientific = (_: string, first: string, rest: string | undefined, power: string): string =>
  `${first}${(rest ?? '').padEnd(Number(power), '0')}`;

const isLong = (text: string): boolean =>
  plain(text)
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '').length > digitsMax;

/** What a sheet shows for a field of the CSV, with numbers as plain as they can be written. */
function shown(type: string, field: string): string {
  if (field === '' || type === 'VARCHAR') return field.replaceAll('\r\n', '\n');
  if (type === 'BOOLEAN') return field.toUpperCase();
  if (type === 'TIMESTAMP') return field.replace('T', ' ').replace('Z', '');
  return type === 'DATE' ? field : plain(field);
}

const isNumber = ({ type }: QueryColumn): boolean => /^(?:DECIMAL|BIGINT|INTEGER)/.test(type);

/** Holds one sheet, as LibreOffice reads it, against the rows of the CSV that belong to it, and its totals against a sum of bigints. */
export function expectSameSheet(
  sheet: readonly Fields[],
  columns: readonly QueryColumn[],
  totals: readonly string[],
  rows: readonly Fields[],
): void {
  const [titles = [], ...cells] = sheet;
  const at = (name: string): number => titles.indexOf(name);
  const exactly = (row: Fields, { name }: QueryColumn): string | undefined => row[at(`${name} (exact)`)];
  expect(titles.filter((title) => !title.endsWith(' (exact)'))).toEqual(columns.map(({ name }) => name));
  expect(cells).toHaveLength(rows.length + (totals.length > 0 && rows.length > 0 ? 2 : 0));
  const numbers = columns.map((column, index) => ({ column, fields: rows.map((row) => row[index] ?? '') }));
  const sums = new Map(
    numbers
      .filter(({ column }) => totals.includes(column.name))
      .map(({ column, fields }) => [column.name, sumOf(fields)]),
  );
  for (const { column, fields } of numbers) {
    const sum = sums.get(column.name) ?? '';
    const expected = sums.size > 0 && rows.length > 0 ? [...fields, '', sum] : fields;
    const long = isNumber(column) && expected.some((field) => field !== '' && isLong(field));
    expect(at(`${column.name} (exact)`) !== -1, column.name).toBe(long);
    for (const [index, field] of expected.entries()) {
      const row = cells[index] ?? [];
      if (index > fields.length && !sums.has(column.name)) continue;
      if (long) expect(plainOrEmpty(exactly(row, column) ?? 'none')).toBe(plainOrEmpty(field));
      if (isNumber(column) && field !== '' && isLong(field)) continue;
      const cell = row[at(column.name)] ?? 'none';
      const value = isNumber(column) ? plainOrEmpty(cell) : cell;
      expect(value, `${column.name} of row ${index}`).toBe(shown(column.type, field));
    }
  }
  if (sums.size > 0 && rows.length > 0) expect(cells.at(-1)).toContain('Total');
}

const plainOrEmpty = (text: string): string => (text === '' ? '' : plain(text));

/** What is not known of one row is not known of all. */
function sumOf(fields: readonly string[]): string {
  if (fields.includes('')) return '';
  return amountText(fields.reduce((sum, field) => sum + unitsOfPlain(field), 0n));
}
