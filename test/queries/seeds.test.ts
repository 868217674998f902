import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCsvText } from '../../src/adapters/csv.js';
import { seedFiles } from '../../src/adapters/query-files.js';
import { minorUnitsOf } from '../../src/domain/minor-units.js';

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

  it('have the decimals of their smallest coin, or none where ISO 4217 says N.A.', () => {
    const ofUnit = (unit: string): string =>
      rowsOf('currencies')
        .filter((row) => row.minor_unit === unit)
        .map(({ currency }) => currency)
        .join(' ');
    expect(ofUnit('0')).toBe('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF');
    expect(ofUnit('3')).toBe('BHD IQD JOD KWD LYD OMR TND');
    expect(ofUnit('4')).toBe('CLF UYW');
    expect(ofUnit('')).toBe('XDR XSU XUA');
    expect(ofUnit('2').split(' ')).toHaveLength(currencies.length - 17 - 7 - 2 - 3);
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

  it('have parents that are listed, and chains that queries/ledger/category_ancestors.sql can follow', () => {
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

  it('are of the family of their parents, since usage counts a child inside its parent', () => {
    for (const { category, parent, family } of rows) {
      expect(family, `${category}: name its family`).toMatch(/^[a-z][a-z_]*$/);
      if (parent !== '') expect(family, `${category} and ${parent}`).toBe(byName.get(`${parent}`)?.family);
    }
  });

  it('are itemised by family: one list, or none', () => {
    for (const family of new Set(rows.map((row) => row.family))) {
      const lists = rows.filter((row) => row.family === family).map((row) => row.itemised_by);
      expect([...new Set(lists)], `${family}: records are compared by family, so it needs one list`).toHaveLength(1);
    }
  });

  it('keep the names that the queries give to what stands in no category', () => {
    const families = rows.map(({ family }) => family);
    expect(families).not.toContain('unlisted');
    expect(families).not.toContain('uncategorised');
  });

  it('itemise every family that a call or a message can have, and no other', () => {
    const itemised = (list: string): string[] =>
      [...new Set(rows.filter((row) => row.itemised_by === list).map((row) => `${row.family}`))].sort();
    expect(itemised('calls')).toEqual(['client_and_sip_voice', 'trunking', 'voice']);
    expect(itemised('messages')).toEqual(['channels', 'mms', 'rcs', 'sms']);
  });

  it('are the carriers’ fees of a family that messages itemise, or of none', () => {
    const itemised = new Set(rows.filter((row) => row.itemised_by === 'messages').map(({ family }) => family));
    for (const { category, fees_of: feesOf, itemised_by: itemisedBy, parent } of rows) {
      if (feesOf === '') continue;
      expect(itemised.has(feesOf), `${category}: ${feesOf} is no family of messages`).toBe(true);
      expect(itemisedBy, `${category}: fees that a list itemises are no fees apart`).toBe('');
      expect(parent, `${category}: a fee inside another would be counted twice`).toBe('');
    }
    expect(rows.filter(({ fees_of: feesOf }) => feesOf !== '').map(({ category }) => category)).toEqual([
      'sms-messages-carrierfees',
      'mms-messages-carrierfees',
      'usage-rcs-messaging-carrier-fees',
    ]);
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

describe('country prefixes', () => {
  const rows = rowsOf('country_prefixes');
  const byPrefix = new Map(rows.map((row) => [`${row.prefix}`, row]));
  /** What the longest prefix says of a number, as queries/daily/charge_routes.sql looks for it. */
  const countryOf = (digits: string): string | undefined =>
    [4, 3, 2, 1].map((length) => byPrefix.get(digits.slice(0, length))).find((row) => row !== undefined)?.country_code;

  it('are digits, four at most, each once and in order', () => {
    const prefixes = rows.map(({ prefix }) => `${prefix}`);
    expect(prefixes.filter((prefix) => !/^[1-9]\d{0,3}$/.test(prefix))).toEqual([]);
    expect(prefixes).toEqual([...new Set(prefixes)].sort());
  });

  it('begin with their calling code, which has a row of its own', () => {
    for (const { prefix = '', calling_code: code = '' } of rows) {
      expect(prefix.startsWith(code), `${prefix} does not begin with ${code}`).toBe(true);
      expect(byPrefix.get(code)?.calling_code, `${code} needs a row`).toBe(code);
    }
  });

  it('name a country where they have its code, the same one everywhere, and no two alike', () => {
    const names = new Map<string, string>();
    for (const { prefix, country_code: code = '', country_name: name = '' } of rows) {
      expect(code, `${prefix}`).toMatch(/^(?:[A-Z]{2})?$/);
      expect(name === '', `${prefix}: a name without a code, or a code without a name`).toBe(code === '');
      expect(names.get(code) ?? name, `${code} has two names`).toBe(name);
      names.set(code, name);
    }
    expect(new Set(names.values()).size).toBe(names.size);
  });

  it('tell another country than their calling code where they are longer, or none', () => {
    for (const { prefix = '', calling_code: code = '', country_code: country } of rows) {
      if (prefix !== code)
        expect(country, `${prefix} says what ${code} says`).not.toBe(byPrefix.get(code)?.country_code);
    }
  });

  it.each([
    ['1415', 'US'],
    ['1416', 'CA'],
    ['1876', 'JM'],
    ['1787', 'PR'],
    ['1242', 'BS'],
    ['1809', 'DO'],
    ['1800', ''],
    ['1888', ''],
    ['1900', ''],
    ['1500', ''],
    ['7495', 'RU'],
    ['7701', 'KZ'],
    ['7612', 'KZ'],
    ['4477', 'GB'],
    ['4930', 'DE'],
    ['3531', 'IE'],
    ['3554', 'AL'],
    ['4779', 'SJ'],
    ['4721', 'NO'],
    ['5999', 'CW'],
    ['5997', 'BQ'],
    ['8613', 'CN'],
    ['8862', 'TW'],
    ['8525', 'HK'],
    ['8001', ''],
    ['8816', ''],
    ['9791', ''],
    ['2101', ''],
    ['35**', undefined],
    ['', undefined],
  ])('%s is %s', (digits, country) => {
    expect(countryOf(digits)).toBe(country);
  });

  it('know the 25 countries and territories of the North American plan', () => {
    const members = new Set(rows.filter((row) => row.calling_code === '1').map((row) => row.country_code));
    members.delete('');
    expect([...members].sort().join(' ')).toBe(
      'AG AI AS BB BM BS CA DM DO GD GU JM KN KY LC MP MS PR SX TC TT US VC VG VI',
    );
  });
});

describe('families in the FOCUS dataset', () => {
  const rows = rowsOf('focus_families');

  it('are those that a charge can have, each once', () => {
    const families = new Set(rowsOf('usage_categories').map(({ family }) => `${family}`));
    families.delete('total');
    expect(rows.map(({ family }) => family).sort()).toEqual([...families, 'remainder', 'unlisted'].sort());
  });

  it('have one category for each service, as FOCUS wants it', () => {
    const places = new Map<string, Set<string>>();
    for (const row of rows) {
      const place = `${row.service_category} / ${row.service_subcategory}`;
      places.set(`${row.service_name}`, (places.get(`${row.service_name}`) ?? new Set()).add(place));
    }
    for (const [service, found] of places) expect([...found], service).toHaveLength(1);
  });

  it('are measured in the unit of the list that itemises them', () => {
    const listOf = new Map(rowsOf('usage_categories').map(({ family, itemised_by: list }) => [family, list]));
    const unitOf: Record<string, string> = { calls: 'Minutes', messages: 'Segments' };
    for (const { family, unit, charge_category: category } of rows) {
      const list = listOf.get(family) ?? '';
      expect(unit, family).toBe(unitOf[list] ?? (category === 'Adjustment' ? '' : 'Units'));
      if (list !== '') expect(category, `${family} is itemised: it is used, not bought`).toBe('Usage');
    }
  });
});

it('workbooks and the journal know the same minor units', () => {
  const told = rowsOf('currencies').filter((row) => row.minor_unit !== '');
  expect(told.length).toBeGreaterThan(100);
  for (const { currency = '', minor_unit } of told) expect(`${minorUnitsOf(currency)}`, currency).toBe(minor_unit);
});
