/** Of a cell, in UTF-16 units (Excel specifications and limits). */
export const cellTextMax = 32_767;
const sheetNameMax = 31;

/**
 * What XML 1.0 cannot hold, or holds and discourages; carriage returns, which a reader of XML turns into line feeds; and an underscore that
 * begins what would be read as such an escape, in four digits as the specification has it or in fewer as LibreOffice takes it.
 */
const notXml = String.raw`(?![\t\n\u0085])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\ufffd]`;
const escaped = new RegExp(`${notXml}|_(?=x[0-9A-Fa-f]{1,4}(?:_|${notXml}))`, 'gu');

/** A text as `ST_Xstring` writes it (ECMA-376, 22.9.2.19): `_xHHHH_` for each UTF-16 unit that XML cannot hold. */
export const cellText = (text: string): string =>
  text.replace(escaped, (character) => character.split('').map(escapeUnit).join(''));

const escapeUnit = (unit: string): string => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;

/**
 * A name that a sheet may have and that none of `taken` has: at most 31 characters, none of `[]:*?/\`, no apostrophe at either end, nothing
 * invisible, not `History`, and different without regard to case.
 */
export function sheetName(wanted: string, taken: readonly string[]): string {
  const clean = wanted.replace(/[[\]:*?/\\\p{C}\p{Zl}\p{Zp}]/gu, '_').replace(/^'|'$/g, '_');
  const base = clean.trim() === '' || clean.toLowerCase() === 'history' ? `${clean.trim()}_` : clean;
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : ` (${number})`;
    const name = `${cut(base, sheetNameMax - suffix.length)}${suffix}`;
    if (!taken.some((other) => other.toLowerCase() === name.toLowerCase())) return name;
  }
}

/** At most so many UTF-16 units, no character cut in half, no apostrophe left at the end. */
const cut = (text: string, unitsMax: number): string =>
  text
    .slice(0, unitsMax)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/'$/, '_');
