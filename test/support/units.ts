/** Money as whole hundred-millionths of the currency unit, in a bigint: what the tests add up, with nothing of the product. */
export function unitsOf(text: string): bigint {
  const match = /^(-?)(\d+)\.(\d{8})$/.exec(text);
  if (match === null) throw new Error(`not an amount of eight decimals: ${JSON.stringify(text)}`);
  const units = BigInt(`${match[2]}${match[3]}`);
  return match[1] === '-' ? -units : units;
}

/** Fixed scale, as in every published file: `-12.34500000`. */
export function amountText(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(9, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

/** `-0.0075` as Twilio writes it, of any number of decimals up to eight. */
export function unitsOfPlain(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(text);
  if (match === null) throw new Error(`not a plain amount: ${JSON.stringify(text)}`);
  const units = BigInt(`${match[2]}${(match[3] ?? '').padEnd(8, '0')}`);
  return match[1] === '-' ? -units : units;
}
