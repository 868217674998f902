/** A query's statement as one relation, so that something can be done to its rows. */
export const one = (sql: string): string => `select * from (\n${sql.replace(/^(--.*\n)+/, '')}\n) as one`;
/** Its rows, less one. */
export const lost = (sql: string): string => `${one(sql)} offset 1`;
/** Its rows, one of them twice. */
export const doubled = (sql: string): string => `${one(sql)} union all (${one(sql)} limit 1)`;
