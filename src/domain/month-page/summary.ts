import type { Status } from '../reconciliation.js';
import { findingsByCheck } from '../reconciliation.js';
import { monthName } from './calendar.js';
import { several } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import { currenciesOf, type PageData } from './page-data.js';
import { statusOf } from './parts.js';

/** What a result means for whoever is about to use the figures. */
export const verdicts: Readonly<Record<Status, string>> = {
  agrees: 'Records and Twilio’s own Usage Records agree.',
  explained: 'Every difference to Twilio’s own Usage Records has a named cause.',
  pending: 'Prices or usage are still to come. The figures will change.',
  unknown: 'Something could not be read. The figures lack a part.',
  differs: 'There is a difference that no cause explains. Do not bill from these figures before it is understood.',
};

/** The page's head: which month, whose, and what stands in the way of using it. */
export function summary(data: PageData): Markup {
  const { reconciliation, mainAccount, rows } = data;
  const points = attention(data);
  const currencies = currenciesOf(rows);
  return html`
<header>
<p class="kicker">Twilio cost by customer</p>
<h1>${monthName(reconciliation.month)}</h1>
<p class="note">${mainAccount === undefined ? undefined : html`Main account ${mainAccount} · `}whole days in UTC · ${several(currencies.length, 'currency', 'currencies')}, never added together</p>
<div class="verdict ${reconciliation.status}">
<p><strong>Reconciliation: ${reconciliation.status}.</strong> ${verdicts[reconciliation.status]}</p>
${points.length === 0 ? html`<p>Nothing else needs a look.</p>` : html`<ul>${points.map((point) => html`<li>${point}</li>`)}</ul>`}
</div>
</header>`;
}

/** What must be known before a figure is used, each with a link to where it is told. */
function attention({ findings, rows, files }: PageData): Content[] {
  const points: Content[] = [];
  for (const { check, detail } of findings)
    if (check === 'partial_month') points.push(html`<a href="#completeness">The month is not whole</a>: ${detail}.`);
  const accounts = rows.accounts[0];
  if (BigInt(accounts?.incomplete_count ?? 0) > 0n)
    points.push(
      html`<a href="#completeness">${several(BigInt(accounts?.incomplete_count ?? 0), 'account')} of ${accounts?.accounts_count ?? ''}</a> could not be read whole: what is missing there is missing in the cost.`,
    );
  const unknown = rows.currencies.filter(({ unknown_customers: count }) => BigInt(count ?? 0) > 0n);
  if (unknown.length > 0)
    points.push(
      html`<a href="#totals">The total is not known</a> in ${unknown.map(({ currency }) => currency).join(', ')}: other cost of a customer is not known.`,
    );
  const unpriced = rows.unpriced.reduce((sum, row) => sum + BigInt(row.unpriced_count ?? 0), 0n);
  if (unpriced > 0n)
    points.push(
      html`<a href="#unpriced">${several(unpriced, 'call or message', 'calls and messages')}</a> without a price: in no cost.`,
    );
  const corrections = files.find(({ file }) => file === 'corrections.csv')?.rows ?? 0;
  if (corrections > 0)
    points.push(
      html`<a href="corrections.csv">${several(corrections, 'correction')}</a> to months that are closed already.`,
    );
  const kinds = findingsByCheck(findings).size;
  if (kinds > 0) points.push(html`<a href="#findings">${several(kinds, 'kind')} of findings</a>, with what to do.`);
  return points;
}

/** Beside a heading that a result belongs to. */
export const resultOf = (status: Status): Content => html`${statusOf(status)} ${verdicts[status]}`;
