import type { Finding } from '../finding.js';
import { findingsByCheck } from '../reconciliation.js';
import { several } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import type { PageData } from './page-data.js';
import { nameOf, note, paragraph, section, words } from './parts.js';

/** Findings of one check that are shown; findings.csv has all. */
const findingsShown = 6;
/** What stands in the way of billing is told before all else. */
const urgentChecks = ['unexplained', 'tie_out_differs'];

/** What deserves a look, and what to do about it. */
export function findingsSection({ findings }: PageData): Markup {
  const groups = [...findingsByCheck(findings)];
  if (groups.length === 0) return section('findings', 'Findings', paragraph('Nothing deserves a look.'));
  const urgent = groups.filter(([check]) => urgentChecks.includes(check));
  const others = groups.filter(([check]) => !urgentChecks.includes(check));
  return section('findings', 'Findings, and what to do', [
    [...urgent, ...others].map(([check, found]) => group(check, found)),
    note(html`All of them are in <a href="findings.csv">findings.csv</a>.`),
  ]);
}

const group = (check: string, found: readonly Finding[]): Content => html`
<div class="finding${urgentChecks.includes(check) ? ' urgent' : ''}">
<h3>${words(check)} <span class="note">${several(found.length, 'finding')}</span></h3>
<p>${found[0]?.meaning ?? ''}</p>
<details><summary>${found.length > findingsShown ? `The first ${findingsShown} of ${found.length}` : 'What was found'}</summary>
<ul>${found.slice(0, findingsShown).map(({ subject, detail }) => html`<li>${nameOf(subject)}: ${nameOf(detail)}</li>`)}</ul></details>
</div>`;
