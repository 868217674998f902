/**
 * Friendly names that break programs: CSV, spreadsheets, HTML, SQL, file names, sorting and comparing. Twilio allows 64
 * characters, and its Subaccounts page advises to put the customer's key here, so they end up in every report.
 */
export const NASTY_NAMES = [
  'Acme, Inc.',
  'The "Quoted" Company',
  'Line\nBreak GmbH',
  'Carriage\r\nReturn & Sons',
  "=cmd|' /C calc'!A0",
  '+1 Mobile',
  '@handles',
  '-1',
  ' =1+1',
  'Müller & Söhne KG',
  '株式会社テスト',
  'شركة الاتصالات',
  '‮evil‬ RTL',
  '📞 Callers 👩‍👩‍👧',
  '</script><script>alert(1)</script>',
  "Robert'); DROP TABLE calls;--",
  '../../etc/passwd',
  'Twins Ltd',
  'Twins Ltd',
  'twins ltd',
  ' Leading space',
  'Trailing space ',
  'tab\tseparated',
  'back\\slash \\n \\u0000',
  'Sixty-four characters is the most that Twilio takes for a name..',
  'CON',
  'a;b|c',
  '0012',
  'null',
  '1e5',
  'é (composed) é (decomposed)',
] as const;

/** Texts for message bodies. Every body begins with a canary, so that a test can prove that none was kept. */
export const BODY_CANARY = 'CANARY-BODY-';

export const BODY_TEXTS = [
  'Your code is 481516. Do not share it.',
  'Line one\nline two\r\nline three',
  'He said "yes", she said \\ no',
  'Ελληνικά, русский, 日本語, العربية',
  '🎉🎉 Sale! 50% off 🎉🎉',
  '=HYPERLINK("http://example.com","click")',
  '</script><img src=x onerror=alert(1)>',
  "'; DROP TABLE messages; --",
  '{"next_page_uri":"/2010-04-01/Accounts.json","messages":[]}',
  '"price":"-99.99","sid":"SM00000000000000000000000000000000"',
  'Tab\tand bell \u0007 and nul \u0000',
  '',
] as const;
