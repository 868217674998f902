/** How much may stay unexplained in a month, over all accounts together, in one currency. */
export interface Tolerance {
  readonly currency: string;
  /** A plain decimal. */
  readonly amount: string;
}

/** `USD=0.05` → the amount by currency. What is wrong goes to `problems`. */
export function parseTolerances(texts: readonly string[], problems: string[]): Tolerance[] {
  const tolerances: Tolerance[] = [];
  for (const text of texts) {
    const [, code = '', amount = ''] = /^([A-Za-z]{3})=(\d{1,10}(?:\.\d{1,8})?)$/.exec(text.trim()) ?? [];
    const currency = code.toUpperCase();
    if (currency === '') problems.push(`--tolerance ${text} is not a currency and an amount, as in USD=0.05.`);
    else if (tolerances.some((one) => one.currency === currency))
      problems.push(`--tolerance gives ${currency} more than once.`);
    else tolerances.push({ currency, amount });
  }
  return tolerances;
}
