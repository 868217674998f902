/**
 * Texts that a spreadsheet would run instead of show: what begins with = + - @ or their fullwidth forms, after blanks,
 * control or invisible characters; and what begins with a tab or a line end. Apostrophes before that count as part of it, so
 * that the escape can be undone.
 */
const runs = /^'*(?:[\s\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n])/u;

/** One apostrophe before a text that a spreadsheet would run; every other text as it is. */
export const escapeFormula = (text: string): string => (runs.test(text) ? `'${text}` : text);

/** The text that `escapeFormula` was given. */
export const unescapeFormula = (text: string): string =>
  text.startsWith("'") && runs.test(text.slice(1)) ? text.slice(1) : text;

/** DuckDB types whose texts may be anything, so that a spreadsheet could run them. What a number or a date is written as is never escaped. */
export const holdsTexts = (type: string): boolean => /^(?:VARCHAR|BLOB|ENUM|UNION)\b/.test(type) && !type.endsWith(']');
