import type { Query } from './query.js';

/** A SELECT of the user's without a header: what it answers is told by the database, and its rows come as it orders them. */
export const ownSelect = (file: string, sql: string): Query => ({
  layer: 'reports',
  name: 'sql',
  purpose: file,
  kind: 'report',
  mergeKey: [],
  parameters: [],
  reads: [],
  grain: [],
  order: [],
  columns: [],
  totals: [],
  needs: undefined,
  published: true,
  byDay: false,
  severity: undefined,
  meaning: undefined,
  ownFile: file,
  sql,
});
