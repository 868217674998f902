import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/**
 * Holds a CSV against the FinOps Open Cost and Usage Specification (FOCUS), versions 1.2 and 1.3, dataset Cost and Usage. Which columns
 * there are since and until which version, their feature level, type, nullability and allowed values stand as data beside this file,
 * taken from the specification's content constraints, its requirements model 1.2.0.1 and the presence rules of its model for 1.3.
 * Nothing here is the product's.
 */
export const focusVersions = ['1.2', '1.3'] as const;
export type FocusVersion = (typeof focusVersions)[number];

interface Column {
  readonly column: string;
  /** Mandatory, Conditional (on all of `criteria`), or Recommended. */
  readonly level: string;
  readonly criteria: readonly string[];
  /** String, Decimal, Date/Time, Key-Value or JSON. */
  readonly type: string;
  readonly nullable: boolean;
  readonly format: string;
  /** Empty: any value. */
  readonly allowed: readonly string[];
  /** The first version of the two that has the column. */
  readonly since: string;
  /** The last version that has it; empty: none has dropped it. */
  readonly until: string;
}

const rowsOf = (file: string): Record<string, string>[] =>
  parse(readFileSync(join(import.meta.dirname, file), 'utf8'), { columns: true });
const listOf = (text = ''): string[] => (text === '' ? [] : text.split('|'));

export const focusColumns: ReadonlyMap<string, Column> = new Map(
  rowsOf('focus-columns.csv').map((row) => [
    `${row.column}`,
    {
      column: `${row.column}`,
      level: `${row.level}`,
      criteria: listOf(row.criteria),
      type: `${row.type}`,
      nullable: row.nulls !== 'never',
      format: `${row.format}`,
      allowed: listOf(row.allowed),
      since: `${row.since}`,
      until: `${row.until}`,
    },
  ]),
);

const categoryOf = new Map(
  rowsOf('focus-services.csv').map((row) => [`${row.ServiceSubcategory}`, `${row.ServiceCategory}`]),
);

/** The columns that a version has. */
export const columnsOf = (version: FocusVersion): readonly Column[] =>
  [...focusColumns.values()].filter(({ since, until }) => since <= version && (until === '' || version <= until));

/** One row: null is an empty field, which is not the empty text. */
type Row = Readonly<Record<string, string | null>>;

/** Every breach of a version, with its line; none is good. `criteria` are those that the dataset says it supports. */
export function focusBreaches(text: string, criteria: ReadonlySet<string>, version: FocusVersion): string[] {
  const records = parse(text, {
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
  }) as (string | null)[][];
  const header = (records[0] ?? []).map(String);
  const columns = new Map(columnsOf(version).map((column) => [column.column, column]));
  const breaches = headerBreaches(header, criteria, columns);
  const rows = records
    .slice(1)
    .map((fields) => Object.fromEntries(header.map((name, at) => [name, fields[at] ?? null])));
  rows.forEach((row, index) => {
    const found = [
      ...header.flatMap((name) => valueBreaches(name, row[name] ?? null, criteria, columns.get(name))),
      ...rowBreaches(row, version),
    ];
    breaches.push(...found.map((breach) => `line ${index + 2}: ${breach}`));
  });
  return [...breaches, ...serviceBreaches(rows)];
}

/**
 * Column Handling: what must be there, what custom columns are called, and that they stand last. A column of a later version is no custom
 * one: x_ keeps such names free for the meaning that the later version gives them, and here they have it.
 */
function headerBreaches(
  header: readonly string[],
  criteria: ReadonlySet<string>,
  columns: ReadonlyMap<string, Column>,
): string[] {
  const breaches: string[] = [];
  for (const { column, level, criteria: needed } of columns.values()) {
    const applies = level === 'Mandatory' || (level === 'Conditional' && needed.every((one) => criteria.has(one)));
    if (applies && !header.includes(column)) breaches.push(`header: ${level} column ${column} is missing`);
  }
  header.forEach((name, index) => {
    const custom = !focusColumns.has(name);
    if (custom && !/^x_[A-Z][A-Za-z0-9]*$/.test(name))
      breaches.push(`header: ${name} is neither FOCUS nor x_ and Pascal case`);
    if (name.length > 50) breaches.push(`header: ${name} is longer than 50 characters`);
    if (header.indexOf(name) !== index) breaches.push(`header: ${name} stands twice`);
    if (!custom && header.slice(0, index).some((before) => before.startsWith('x_')))
      breaches.push(`header: ${name} stands after a custom column`);
  });
  return breaches;
}

/** Numeric Format: an integer, a decimal or E notation, without sign for plus, separators or units. */
const numeric = /^-?(?:\d+|\d*\.\d+)(?:E-?\d+)?$/;
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
/** Null Handling: what must not stand for no value. */
const placeholder = /^(?:\s*|n\/?a|not applicable|null|none|undefined|unknown)$/i;

function valueBreaches(
  name: string,
  value: string | null,
  criteria: ReadonlySet<string>,
  column: Column | undefined,
): string[] {
  if (value === '') return [`${name} is an empty text where it should be null`];
  if (column === undefined) return [];
  if (value === null) {
    const named = name === 'BillingAccountName' && criteria.has('ACCOUNT_NAMING_SUPPORTED');
    return column.nullable && !named ? [] : [`${name} is null`];
  }
  const at = `${name} ${JSON.stringify(value)}`;
  if (column.type === 'Decimal') return numeric.test(value) ? [] : [`${at} is no number`];
  if (column.type === 'Date/Time') return isInstant(value) ? [] : [`${at} is no UTC date and time of ISO 8601`];
  if (column.type === 'Key-Value') return isFlatObject(value) ? [] : [`${at} is no flat JSON object`];
  if (column.type === 'JSON') return objectOf(value) === undefined ? [`${at} is no JSON object`] : [];
  if (placeholder.test(value)) return [`${at} is a placeholder`];
  if (column.format === 'Currency' && !/^[A-Z]{3}$/.test(value)) return [`${at} is no code of ISO 4217`];
  if (column.allowed.length > 0 && !column.allowed.includes(value))
    return [`${at} is none of ${column.allowed.join(', ')}`];
  return [];
}

const isInstant = (text: string): boolean =>
  dateTime.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().slice(0, 19) === text.slice(0, 19);

const isFlatObject = (text: string): boolean => {
  const found = objectOf(text);
  return found !== undefined && Object.values(found).every((one) => one === null || typeof one !== 'object');
};

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What the columns of a row owe each other: by the number of the requirement in the model of 1.2. 1.3 keeps them, as its guide to migration says. */
const rowRules: readonly (readonly [string, (row: Row) => boolean])[] = [
  ['the charge period starts before it ends', (row) => `${row.ChargePeriodStart}` < `${row.ChargePeriodEnd}`],
  ['the billing period starts before it ends', (row) => `${row.BillingPeriodStart}` < `${row.BillingPeriodEnd}`],
  ['PricingQuantity-C-004: null for Tax', (row) => row.ChargeCategory !== 'Tax' || isNull(row.PricingQuantity)],
  ['PricingQuantity-C-005: not null for Usage and Purchase', (row) => !isBought(row) || !isNull(row.PricingQuantity)],
  ['PricingUnit-C-005 and 006: null as PricingQuantity is', (row) => alike(row.PricingQuantity, row.PricingUnit)],
  ['ConsumedQuantity-C-004: null where not Usage', (row) => isUsage(row) || isNull(row.ConsumedQuantity)],
  [
    'ConsumedQuantity-C-006: not null for Usage',
    (row) => !('ConsumedQuantity' in row) || !isUsage(row) || isCorrection(row) || !isNull(row.ConsumedQuantity),
  ],
  ['ConsumedUnit-C-005 and 006: null as ConsumedQuantity is', (row) => alike(row.ConsumedQuantity, row.ConsumedUnit)],
  ['SubAccountName-C-004 and 005: null as SubAccountId is', (row) => alike(row.SubAccountId, row.SubAccountName)],
  [
    'SubAccountType-C-004 and 005: null as SubAccountId is',
    (row) => sameWhereThere(row, 'SubAccountId', 'SubAccountType'),
  ],
  [
    'ChargeFrequency-C-004: a Purchase is not Usage-Based',
    (row) => row.ChargeCategory !== 'Purchase' || row.ChargeFrequency !== 'Usage-Based',
  ],
  [
    'ServiceSubcategory-C-004: of its ServiceCategory',
    (row) => isNull(row.ServiceSubcategory) || categoryOf.get(`${row.ServiceSubcategory}`) === row.ServiceCategory,
  ],
  ['ListCost-C-008: BilledCost where no list price is known', (row) => isTaxed(row) || matches(row, 'List')],
  [
    'ContractedCost-C-008: BilledCost where no contracted price is known',
    (row) => isTaxed(row) || matches(row, 'Contracted'),
  ],
  ['SkuId-C-005: not null for Usage and Purchase', (row) => !('SkuId' in row) || !isBought(row) || !isNull(row.SkuId)],
  [
    'ListUnitPrice-C-005: not null for Usage and Purchase',
    (row) => !('ListUnitPrice' in row) || !isBought(row) || !isNull(row.ListUnitPrice),
  ],
];

/** What 1.3 adds. A rule on a column holds where the column is there: without one, no row of usage could keep both that it names. */
const rowRulesOf13: typeof rowRules = [
  ['PricingQuantity: null where SkuPriceId is', (row) => !hasNull(row, 'SkuPriceId') || isNull(row.PricingQuantity)],
  ['ConsumedQuantity: null where SkuPriceId is', (row) => !hasNull(row, 'SkuPriceId') || isNull(row.ConsumedQuantity)],
  [
    'HostProviderName: ServiceProviderName where no other host is known',
    (row) => isNull(row.HostProviderName) || row.HostProviderName === row.ServiceProviderName,
  ],
  [
    'HostProviderName: not null for what runs on somebody’s machines, as all Usage and Purchase of Twilio does',
    (row) => !isBought(row) || !isNull(row.HostProviderName),
  ],
];

const hasNull = (row: Row, column: string): boolean => column in row && isNull(row[column]);
const isNull = (value: string | null | undefined): boolean => value === null || value === undefined;
const alike = (a: string | null | undefined, b: string | null | undefined): boolean => isNull(a) === isNull(b);
const sameWhereThere = (row: Row, a: string, b: string): boolean => !(b in row) || alike(row[a], row[b]);
const isUsage = (row: Row): boolean => row.ChargeCategory === 'Usage';
const isTaxed = (row: Row): boolean => row.ChargeCategory === 'Tax';
const isCorrection = (row: Row): boolean => row.ChargeClass === 'Correction';
const isBought = (row: Row): boolean => (isUsage(row) || row.ChargeCategory === 'Purchase') && !isCorrection(row);
const matches = (row: Row, kind: 'List' | 'Contracted'): boolean =>
  !isNull(row[`${kind}UnitPrice`]) || row[`${kind}Cost`] === row.BilledCost;

const rowBreaches = (row: Row, version: FocusVersion): string[] =>
  [...rowRules, ...(version === '1.2' ? [] : rowRulesOf13)].filter(([, holds]) => !holds(row)).map(([rule]) => rule);

/** ServiceName-C-005 and 008: one category and subcategory for each service. */
function serviceBreaches(rows: readonly Row[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const row of rows) {
    const found = places.get(`${row.ServiceName}`) ?? new Set();
    places.set(`${row.ServiceName}`, found.add(`${row.ServiceCategory} / ${row.ServiceSubcategory}`));
  }
  return [...places].filter(([, found]) => found.size > 1).map(([name]) => `service ${name} has several categories`);
}
