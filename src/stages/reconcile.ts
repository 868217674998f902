import type { Finding } from '../domain/finding.js';
import type { Window } from '../domain/period.js';
import { dayOf } from '../domain/period.js';
import { parametersOf, type Query } from '../domain/query.js';

export interface ReconcilePorts {
  readonly sql: {
    texts(
      name: string,
      sql: string,
      parameters: Readonly<Record<string, { readonly day: string }>>,
    ): Promise<readonly (readonly (string | null)[])[]>;
  };
  readonly queries: ReadonlyMap<string, Query>;
}

/**
 * Runs every check of queries/checks/ over a month; each row that comes back is a finding, none means good. Findings come in
 * the checks' order and then by subject, so that the same data always gives the same list.
 */
export async function reconcile(ports: ReconcilePorts, month: Window): Promise<Finding[]> {
  const parameters = { start: { day: dayOf(month.start) }, end: { day: dayOf(month.end) } };
  const findings: Finding[] = [];
  for (const query of ports.queries.values()) {
    if (query.kind !== 'check') continue;
    for (const [subject, detail] of await ports.sql.texts(query.name, query.sql, parametersOf(query, parameters))) {
      findings.push({
        check: query.name,
        severity: query.severity ?? 'fail',
        subject: subject ?? '',
        detail: detail ?? '',
        meaning: query.meaning ?? '',
      });
    }
  }
  return findings;
}
