import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCsvText } from '../../src/adapters/csv.js';
import { seedFiles } from '../../src/adapters/query-files.js';

const seeds = await seedFiles();

function rowsOf(seed: string): Record<string, string>[] {
  const [header, ...rows] = readCsvText(readFileSync(seeds.get(seed) ?? '', 'utf8')).records;
  return rows.map(({ fields }) =>
    Object.fromEntries(header?.fields.map((name, index) => [name, fields[index] ?? '']) ?? []),
  );
}

describe('currencies', () => {
  const currencies = rowsOf('currencies').map(({ currency }) => `${currency}`);

  it('are codes, each once, in order', () => {
    expect(currencies.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
    expect(currencies).toEqual([...new Set(currencies)].sort());
  });

  it('hold what Twilio bills in, and no code that means none', () => {
    expect(currencies).toEqual(expect.arrayContaining(['USD', 'EUR', 'GBP', 'JPY', 'AUD', 'BRL', 'INR']));
    expect(currencies).not.toContain('XXX');
    expect(currencies).not.toContain('XTS');
  });
});

describe('usage categories', () => {
  const rows = rowsOf('usage_categories');
  const byName = new Map(rows.map((row) => [row.category, row]));
  const chain = (name: string): string[] => {
    const parent = byName.get(name)?.parent ?? '';
    return parent === '' ? [name] : [name, ...chain(parent)];
  };

  it('are named once, in lower case', () => {
    expect(byName.size).toBe(rows.length);
    expect(rows.filter(({ category }) => category !== category?.toLowerCase())).toEqual([]);
  });

  it('have parents that are listed, and chains that queries/ledger/usage_days.sql can follow', () => {
    for (const { category, parent } of rows) {
      expect(parent === '' || byName.has(parent), `${category}: list its parent ${parent}`).toBe(true);
      expect(chain(`${category}`).length, `${category}: a chain of five needs one more step`).toBeLessThan(5);
    }
  });

  it('are itemised with their parents or not at all, by a list that exists', () => {
    for (const { category, parent, itemised_by: itemisedBy, source } of rows) {
      expect(['', 'calls', 'messages']).toContain(itemisedBy);
      expect(['docs', 'account', 'name']).toContain(source);
      if (parent !== '') expect(byName.get(parent)?.itemised_by, `${category} and ${parent}`).toBe(itemisedBy);
    }
  });

  it('hold the containments that Twilio documents', () => {
    expect(chain('calls-inbound-tollfree')).toEqual(['calls-inbound-tollfree', 'calls-inbound', 'calls']);
    expect(chain('calls-client')).toEqual(['calls-client']);
    expect(chain('sms-outbound-shortcode')).toEqual(['sms-outbound-shortcode', 'sms-outbound', 'sms']);
    expect(chain('authy-sms-outbound')).toContain('sms');
    expect(chain('authy-calls-outbound')).toContain('calls');
    expect(byName.get('sms-messages-carrierfees')).toMatchObject({ parent: '', itemised_by: '' });
    expect(byName.get('totalprice')).toMatchObject({ parent: '', itemised_by: '' });
  });

  it('hold the containments that published usage records show', () => {
    expect(chain('channels-messaging-inbound')).toEqual([
      'channels-messaging-inbound',
      'channels-messaging',
      'channels',
    ]);
    expect(chain('channels-whatsapp-template-marketing').slice(1)).toEqual(['channels-whatsapp', 'channels']);
    expect(chain('amazon-polly')).toEqual(['amazon-polly', 'calls-text-to-speech']);
  });
});
