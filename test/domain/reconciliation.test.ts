import { describe, expect, it } from 'vitest';
import { readCsvText } from '../../src/adapters/csv.js';
import { parseInvoice } from '../../src/domain/invoice.js';
import {
  amountText,
  causes,
  headlineOf,
  isZero,
  type Reconciliation,
  statuses,
  summaryLines,
  worstOf,
} from '../../src/domain/reconciliation.js';
import { reconciliationText } from '../../src/domain/reconciliation-text.js';
import { parseTolerances } from '../../src/domain/tolerance.js';

describe('an amount for people', () => {
  it.each([
    ['12.34500000', '12.345'],
    ['0.00000000', '0.00'],
    ['-0.10000000', '-0.10'],
    ['1200.00000000', '1200.00'],
    ['0.00000001', '0.00000001'],
    ['0.12345678', '0.12345678'],
  ])('of %s is %s: no digit is lost', (exact, text) => {
    expect(amountText(exact)).toBe(text);
  });

  it('is zero only where every digit is', () => {
    expect(['0.00000000', '-0.00000000', '0', ''].map(isZero)).toEqual([true, true, true, true]);
    expect(['0.00000001', '-1', '10.00'].map(isZero)).toEqual([false, false, false]);
  });
});

describe('the worst of several statuses', () => {
  it('counts, and a status that is none of them does not', () => {
    expect(statuses.map((status) => worstOf(['agrees', status]))).toEqual([...statuses]);
    expect(worstOf(['pending', 'explained'])).toBe('pending');
    expect(worstOf(['not_compared', undefined])).toBe('agrees');
    expect(worstOf([])).toBe('agrees');
  });
});

const total = {
  month: '2026-10-01',
  level: 'all',
  subject: 'all',
  currency: 'USD',
  itemised_cost: '10.00000000',
  unconfirmed_cost: '0.00000000',
  usage_cost: '10.50000000',
  difference: '0.50000000',
  ...Object.fromEntries(causes.map((cause) => [cause, '0.00000000'])),
  deleted_at_twilio: '0.20000000',
  unexplained: '0.30000000',
  other_cost: '3.00000000',
  unpriced_count: '0',
  status: 'differs',
};
const tie = {
  currency: 'USD',
  category: 'totalprice',
  accounts_cost: '13.50000000',
  consolidated_cost: null,
  difference: null,
  status: 'unknown',
  invoice_amount: '13.50000000',
  invoice_status: 'agrees',
};
const month = (changes: Partial<Reconciliation> = {}): Reconciliation => ({
  month: '2026-10',
  status: 'differs',
  totals: [total],
  customers: [{ ...total, level: 'customer', subject: 'Acme' }],
  tieOut: [tie, { ...tie, category: 'sms', invoice_amount: null, status: 'agrees' }],
  ...changes,
});

describe('a month that does not reconcile', () => {
  it('is headed so, before anything else', () => {
    expect(summaryLines(month())).toEqual([
      '2026-10: UNRECONCILED',
      '  USD differs: records 10.00, usage 10.50, difference 0.50, other cost 3.00',
      '      deleted_at_twilio 0.20',
      '      unexplained 0.30',
      '  USD totalprice: all accounts 13.50, main account with subaccounts not read: unknown; invoice 13.50: agrees',
    ]);
    expect(reconciliationText(month(), []).split('\n')[0]).toBe('# 2026-10: UNRECONCILED');
    expect(reconciliationText(month(), [])).toContain('Do not bill from these figures');
  });

  it('is the only one that is', () => {
    for (const status of statuses) {
      const text = reconciliationText(month({ status }), []);
      expect(text.includes('UNRECONCILED'), status).toBe(status === 'differs');
      expect(headlineOf(month({ status })).includes('UNRECONCILED'), status).toBe(status === 'differs');
    }
  });
});

describe('reconciliation.md', () => {
  it('shows names of other people as text: no mark-up, no HTML, no line of their own', () => {
    const subject = '<script>alert(1)</script> | [x](y) *b* `c`\n# heading';
    const text = reconciliationText(month({ customers: [{ ...total, level: 'customer', subject }] }), [
      { check: 'unexplained', severity: 'warn', subject, detail: subject, meaning: 'Ask.' },
    ]);
    expect(text).not.toContain('<script>');
    expect(text).not.toMatch(/^# heading/m);
    expect(text).not.toMatch(/[^\\]\[x\]\(y\)/);
    expect(text).toContain('\\<script\\>alert(1)\\</script\\>');
  });

  it('shows the worst customers first, those that agree not at all, and what is unexplained before all else', () => {
    const customers = ['agrees', 'explained', 'differs', 'pending', 'unknown', 'differs'].map((status, index) => ({
      ...total,
      level: 'customer',
      subject: `customer ${index}`,
      status,
    }));
    const finding = (check: string) => ({ check, severity: 'warn' as const, subject: 'AC1', detail: '', meaning: '' });
    const text = reconciliationText(month({ customers }), [finding('carrier_fees'), finding('unexplained')]);
    expect(text.match(/customer \d/g)).toEqual(['customer 2', 'customer 5', 'customer 4', 'customer 3', 'customer 1']);
    expect(text.match(/\*\*\w+\*\* \(/g)).toEqual(['**unexplained** (', '**carrier_fees** (']);
  });

  it('names five findings of a check and counts the rest', () => {
    const findings = Array.from({ length: 7 }, (_, index) => ({
      check: 'unexplained',
      severity: 'warn' as const,
      subject: `AC${index}`,
      detail: 'no known cause',
      meaning: 'Ask.',
    }));
    const text = reconciliationText(month(), findings);
    expect(text).toContain('- **unexplained** (7): Ask.');
    expect(text.match(/AC\d: no known cause/g)).toHaveLength(5);
    expect(text).toContain('… and 2 more in findings.csv');
  });
});

describe('a tolerance', () => {
  it('is an amount by currency', () => {
    const problems: string[] = [];
    expect(parseTolerances(['USD=0.05', 'jpy=3', ' EUR=1.00000001 '], problems)).toEqual([
      { currency: 'USD', amount: '0.05' },
      { currency: 'JPY', amount: '3' },
      { currency: 'EUR', amount: '1.00000001' },
    ]);
    expect(problems).toEqual([]);
  });

  it.each(['0.05', 'USD', 'USD=', 'USD=-1', 'USD=1e3', 'USD=0.000000001', 'DOLLAR=1', 'USD=1,5', ''])(
    'is not %j',
    (text) => {
      const problems: string[] = [];
      expect(parseTolerances([text], problems)).toEqual([]);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain('USD=0.05');
    },
  );

  it('is given once for each currency', () => {
    const problems: string[] = [];
    parseTolerances(['USD=1', 'usd=2'], problems);
    expect(problems).toEqual(['--tolerance gives USD more than once.']);
  });
});

describe('invoice.csv', () => {
  const parse = (text: string): { amounts: ReturnType<typeof parseInvoice>; problems: string[] } => {
    const problems: string[] = [];
    return { amounts: parseInvoice(readCsvText(text).records, problems), problems };
  };

  it('holds amounts with half of their last digit', () => {
    const { amounts, problems } = parse(
      'month,currency,category,amount\n2026-10,usd,Total,1234.50\n2026-10,USD,sms,12\n2026-09,EUR,calls,-0.12345678\n',
    );
    expect(problems).toEqual([]);
    expect(amounts).toEqual([
      { line: 2, month: '2026-10', currency: 'USD', category: 'totalprice', amount: '1234.50', rounding: '0.005' },
      { line: 3, month: '2026-10', currency: 'USD', category: 'sms', amount: '12', rounding: '0.5' },
      { line: 4, month: '2026-09', currency: 'EUR', category: 'calls', amount: '-0.12345678', rounding: '0' },
    ]);
  });

  it('is refused with every problem and its line', () => {
    const { amounts, problems } = parse(
      [
        'month,currency,category,amount',
        '2026-13,USD,total,1',
        '2026-10,$,total,1',
        '2026-10,USD,,1',
        '2026-10,USD,total,"1,234.50"',
        '2026-10,USD,total,1e3',
        '2026-10,USD,total',
        '2026-10,USD,total,1.00',
        '2026-10,USD,totalprice,1.00',
      ].join('\n'),
    );
    expect(amounts).toHaveLength(1);
    expect(problems.map((problem) => /^line (\d+): /.exec(problem)?.[1])).toEqual([
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '7',
      '9',
    ]);
    expect(problems.at(-1)).toBe('line 9: 2026-10 USD totalprice stands already on line 8');
  });

  it.each(['', 'month,currency,amount\n', 'month,currency,category,amount,note\n'])(
    'needs its four columns: %j',
    (text) => {
      expect(parse(text).problems).toEqual(['line 1: the columns must be month,currency,category,amount']);
    },
  );
});
