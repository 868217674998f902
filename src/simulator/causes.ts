/** Why usage and itemised records can differ, as this Twilio can make them differ. */
export const CAUSES = [
  'unpriced_rows',
  'usage_not_final',
  'usage_unknown',
  'deleted_at_twilio',
  'not_itemised',
  'carrier_fees',
  'failed_message_fees',
  'day_attribution',
  'minute_rounding',
  'currency_mismatch',
  'restated',
  'extraction_incomplete',
  'surplus_rows',
  'unexplained',
] as const;
export type Cause = (typeof CAUSES)[number];

/** Causes that need no earlier pull to compare with: `restated` shows only where Twilio said otherwise before. */
export const FIRST_CAUSES: readonly Cause[] = CAUSES.filter((cause) => cause !== 'restated');

/** What is to be injected: of each cause so many, where the world is large enough. */
export interface DiscrepancyRequest {
  seed: number;
  causes: readonly Cause[];
  each: number;
}

/** What one injection does to one account, UTC day, currency and family. */
export interface Discrepancy {
  cause: Cause;
  account_sid: string;
  day: string;
  currency: string;
  family: string;
  /** Usage less itemised cost: decimal text with eight places. */
  amount: string;
  /** Calls or messages concerned; of `not_itemised`, what usage counts. */
  count: number;
  /** Minutes that usage counts beyond those of the records (`minute_rounding` only). */
  minutes?: number;
}

const SEED_MAX = 0xffffffff;
const EACH_MAX = 1000;

/** Checks a request. Throws a RangeError that says what is wrong with it. */
export function discrepancyRequest(value: unknown): DiscrepancyRequest {
  const { seed, causes, each } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const whole = (name: string, number: unknown, least: number, most: number): number => {
    if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(number)}`);
  };
  if (!Array.isArray(causes)) throw new RangeError('causes must be a list');
  const known = causes.filter((cause): cause is Cause => CAUSES.includes(cause));
  if (known.length < causes.length) throw new RangeError(`causes must be of ${CAUSES.join(', ')}`);
  return { seed: whole('seed', seed, 0, SEED_MAX), causes: known, each: whole('each', each, 1, EACH_MAX) };
}
