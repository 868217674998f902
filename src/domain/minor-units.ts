/** Currencies of ISO 4217's list one whose minor unit is not a hundredth, by the decimals that it has. */
const decimalsOf: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
]);

/** Decimals that amounts of a currency are written with at least; two where nothing else is known of it. */
export const minorUnitsOf = (currency: string): number =>
  Object.hasOwn(decimalsOf, currency) ? (decimalsOf[currency] ?? 2) : 2;
