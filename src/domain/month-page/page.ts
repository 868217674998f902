import { monthName } from './calendar.js';
import { changesSection } from './changes.js';
import { completenessSection } from './completeness.js';
import { customersSection } from './customers.js';
import { daysSection } from './days.js';
import { counted } from './figures.js';
import { findingsSection } from './findings.js';
import { html, Markup } from './html.js';
import type { PageData } from './page-data.js';
import { section } from './parts.js';
import { reconciledSection } from './reconciled.js';
import { servicesSection } from './services.js';
import { style } from './style.js';
import { summary } from './summary.js';
import { figure, foldedTable } from './table.js';
import { totalsSection } from './totals.js';
import { unpricedSection } from './unpriced.js';

const chapters = [
  ['totals', 'Totals'],
  ['reconciliation', 'Reconciliation'],
  ['changes', 'Changes'],
  ['customers', 'Customers'],
  ['days', 'Days'],
  ['services', 'Services'],
  ['unpriced', 'Without a price'],
  ['completeness', 'Completeness'],
  ['findings', 'Findings'],
  ['files', 'Files'],
] as const;

/** The one style that may be applied: the policy names it by its hash (W3C, Content Security Policy Level 3). */
const policy = (styleSha256: string): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${Buffer.from(styleSha256, 'hex').toString('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/**
 * report.html: the month on one page that needs nothing but itself, and runs nothing. `styleSha256` is the hash of `style`, in hexadecimal.
 * The same data gives the same text.
 */
export function monthPageHtml(data: PageData, styleSha256: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(styleSha256)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Twilio cost, ${monthName(data.reconciliation.month)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#totals">To the totals</a>
<div class="page">
${summary(data)}
<nav aria-label="On this page"><ul>${chapters.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>${[
    totalsSection(data),
    reconciledSection(data),
    changesSection(data),
    customersSection(data),
    daysSection(data),
    servicesSection(data),
    unpricedSection(data),
    completenessSection(data),
    findingsSection(data),
    filesSection(data),
  ]}
</main>
<footer><p class="note">Made by Subledger from the files of this folder. Times are UTC; cost is what Twilio charged, positive; currencies are never added together. What is not known is called so, and is never 0.</p></footer>
</div>
</body>
</html>
`.text;
}

/** What else is in the folder. */
const filesSection = ({ files }: PageData): Markup =>
  section(
    'files',
    'Files of this month',
    foldedTable('Every file beside this page, with what it holds', {
      id: 'files-table',
      caption: 'Files of this month; each customer’s statement is in the folder customers',
      columns: [{ head: 'File' }, figure('Rows'), { head: 'What it holds' }],
      rows: files.map(({ file, rows, purpose }) => ({
        head: html`<a href="${file}">${file}</a>`,
        cells: [rows === undefined ? '' : counted(String(rows)), html`<span class="prose">${purpose}</span>`],
      })),
    }),
  );
