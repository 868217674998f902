import { type CsvRecord, countProblem, fieldsOf } from './csv-record.js';
import { type Month, parseMonth } from './period.js';

/** One amount of Twilio's invoice, as somebody typed it in. */
export interface InvoiceAmount {
  /** In the file, counted from 1. */
  readonly line: number;
  readonly month: Month;
  readonly currency: string;
  /** `totalprice`, a usage category, or a family of them. */
  readonly category: string;
  /** A decimal; positive = Twilio charged us. */
  readonly amount: string;
  /** Half of its last digit: an invoice is rounded, usage is not. */
  readonly rounding: string;
}

export const invoiceColumns = ['month', 'currency', 'category', 'amount'] as const;

/** The amounts of invoice.csv, in the order of the file; what is wrong goes to `problems`, each with its line. */
export function parseInvoice(records: readonly CsvRecord[], problems: string[]): InvoiceAmount[] {
  const [header, ...rest] = records;
  const names = header?.fields.map((name) => name.trim()) ?? [];
  const missing = invoiceColumns.filter((name) => !names.includes(name));
  if (missing.length > 0 || names.length !== invoiceColumns.length) {
    problems.push(`line ${header?.line ?? 1}: the columns must be ${invoiceColumns.join(',')}`);
    return [];
  }
  const amounts: InvoiceAmount[] = [];
  for (const record of rest) {
    const { line } = record;
    const field = fieldsOf(names, record);
    const before = problems.length;
    const problem = (text: string): number => problems.push(`line ${line}: ${text}`);
    if (record.fields.length !== names.length) problem(countProblem(names, record));
    const month = parseMonth(field('month'));
    if (month === undefined) problem(`month "${field('month')}" is not written YYYY-MM`);
    const currency = field('currency').toUpperCase();
    if (!/^[A-Z]{3}$/.test(currency)) problem(`currency "${field('currency')}" is not a code of three letters`);
    const category = field('category').toLowerCase();
    if (category === '') problem('category is empty; write total for the whole invoice');
    const amount = field('amount');
    if (!/^-?\d{1,15}(\.\d{1,8})?$/.test(amount))
      problem(`amount "${amount}" is not a plain decimal, as in 1234.56: no currency sign, no comma`);
    if (month === undefined || problems.length > before) continue;
    const name = category === 'total' ? 'totalprice' : category;
    const twin = amounts.find((one) => one.month === month && one.currency === currency && one.category === name);
    if (twin !== undefined) problem(`${month} ${currency} ${category} stands already on line ${twin.line}`);
    else amounts.push({ line, month, currency, category: name, amount, rounding: halfOfLastDigit(amount) });
  }
  return amounts;
}

const halfOfLastDigit = (amount: string): string => {
  const decimals = (amount.split('.')[1] ?? '').length;
  // Usage has eight decimals: an amount of as many is not rounded.
  if (decimals === 8) return '0';
  return `0.${'0'.repeat(decimals)}5`;
};
