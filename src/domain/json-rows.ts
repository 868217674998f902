import { byColumn, type QueryColumn } from './query.js';

type Rows = AsyncIterable<readonly (readonly (string | null)[])[]>;
interface Report {
  readonly columns: readonly QueryColumn[];
}

/**
 * The rows of a report as one JSON array, an object a line, its keys in the order of the columns. Every value is a text, exact as in the
 * CSV, or null: a JSON number would be read as a binary float.
 */
export async function* jsonPieces(report: Report, chunks: Rows): AsyncGenerator<string> {
  let before = '[\n';
  for await (const rows of chunks) {
    for (const row of rows) {
      yield `${before}${JSON.stringify(byColumn(report, row))}`;
      before = ',\n';
    }
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** The same objects, one a line and nothing around them: no line where there is no row. */
export async function* ndjsonPieces(report: Report, chunks: Rows): AsyncGenerator<string> {
  for await (const rows of chunks) {
    for (const row of rows) yield `${JSON.stringify(byColumn(report, row))}\n`;
  }
}
