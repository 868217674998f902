/** One record of a CSV file, with the line it begins on, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** The fields of a record by the names that the header gives them, without blanks at their ends; empty where there is none. */
export const fieldsOf =
  (names: readonly string[], { fields }: Pick<CsvRecord, 'fields'>) =>
  (name: string): string =>
    (fields[names.indexOf(name)] ?? '').trim();

export const countProblem = (names: readonly string[], { fields }: Pick<CsvRecord, 'fields'>): string =>
  `has ${fields.length} fields, the header ${names.length}`;
