import { writeFile } from 'node:fs/promises';
import writeExcelFile, { type CellObject, type SheetData } from 'write-excel-file/node';
import { getCellAddress, sanitizeAttributeValue, sanitizeTextContent } from 'write-excel-file/utility';
import { ConfigError } from '../domain/errors.js';
import { workbookCellsMax } from '../domain/limits.js';
import type { ReportShape, Texts } from '../domain/report-shape.js';
import { isPlainDecimal, type Sheet, type SheetColumn, serialOf, sheetsOf } from '../domain/workbook.js';
import { cellText, cellTextMax } from '../domain/workbook-text.js';
import { commitFile, fileMode, guarded, removePath } from './files.js';
import { withoutTimes } from './zip-times.js';

/**
 * Writes a report as an Excel workbook (Office Open XML): a sheet for each currency, typed cells, a row of totals. The same rows give the same
 * bytes. The file appears whole or not at all.
 * @param rows exact texts in column order, times as ISO 8601 with Z, in the order in which they shall stand
 * @param totals rows of `selectTotals`: the currency, then the sums in the order of `report.totals`
 * @throws ConfigError where the report is too large for a workbook; DiskFullError, StorageError
 */
export async function writeWorkbook(
  path: string,
  report: ReportShape,
  rows: AsyncIterable<readonly Texts[]>,
  totals: readonly Texts[],
): Promise<void> {
  const all: Texts[] = [];
  for await (const chunk of rows) {
    for (const row of chunk) all.push(row);
    if (all.length * report.columns.length > workbookCellsMax) throw tooLarge(report);
  }
  const sheets = sheetsOf(report, all, totals);
  const bytes = await workbookBytes(report, sheets);
  const aside = `${path}.writing`;
  try {
    await guarded(`cannot write ${aside}`, () => writeFile(aside, bytes, { mode: fileMode }));
    await commitFile(aside, path);
  } catch (error) {
    await removePath(aside);
    throw error;
  }
}

const tooLarge = ({ name, columns }: ReportShape): ConfigError => {
  const rowsMax = Math.floor(workbookCellsMax / columns.length).toLocaleString('en-US');
  return new ConfigError([
    `${name} has more rows than a workbook is made of here, which is ${rowsMax} of its ${columns.length} columns. ` +
      'Write it with --format csv or --format parquet, or for fewer days.',
  ]);
};

async function workbookBytes(report: ReportShape, sheets: readonly Sheet[]): Promise<Buffer> {
  const book = writeExcelFile(
    sheets.map((sheet) => ({
      sheet: sheet.name,
      data: cellsOf(report, sheet),
      columns: sheet.columns.map(({ width }) => ({ width })),
      stickyRowsCount: 1,
    })),
    // Said, because a font without name and size is another one in each program.
    { fontFamily: 'Calibri', fontSize: 11, features: [filters(sheets), properties(report)] },
  );
  return withoutTimes(await book.toBuffer());
}

function cellsOf(report: ReportShape, { columns, rows, totals }: Sheet): SheetData {
  const header = columns.map(({ title, kind }): CellObject => {
    const align = kind === 'number' ? ({ align: 'right' } as const) : {};
    return { ...textCell(title, undefined), ...align, fontWeight: 'bold' };
  });
  const cells: SheetData = [header, ...rows.map((row) => columns.map((column) => cellOf(report, column, row)))];
  if (totals === undefined) return cells;
  const bold = columns.map((column): CellObject | null => {
    const isLabel = column.source === totals.label;
    const cell = isLabel ? textCell(totals.texts[column.source] ?? '', '@') : cellOf(report, column, totals.texts);
    return cell === null ? null : { ...cell, fontWeight: 'bold' };
  });
  // An empty row keeps the totals out of what a filter, a sort or a pivot table takes for the data.
  return [...cells, [], bold];
}

/** Null for what is not known, and for the empty text, of which Excel has no cell. */
function cellOf(report: ReportShape, { kind, source, format }: SheetColumn, row: Texts): CellObject | null {
  const text = row[source] ?? '';
  if (text === '') return null;
  if (text.length > cellTextMax) throw tooLong(report, source, text.length);
  switch (kind) {
    case 'number':
      // The one place where an amount becomes a binary floating point number: a cell of a spreadsheet is one. Up to 15 digits it
      // shows the same decimal; where there are more, the text stands beside it.
      return isPlainDecimal(text) ? styled({ type: Number, value: Number(text) }, format) : textCell(text, '@');
    case 'date':
    case 'time': {
      const serial = serialOf(text);
      return serial === undefined ? textCell(text, '@') : styled({ type: Number, value: serial }, format);
    }
    case 'boolean':
      return { type: Boolean, value: text === 'true' };
    case 'text':
      return textCell(text, format);
  }
}

const styled = (cell: CellObject, format: string | undefined): CellObject =>
  format === undefined ? cell : { ...cell, format };

const textCell = (text: string, format: string | undefined): CellObject =>
  styled({ type: String, value: sharedText(cellText(text)) }, format);

/**
 * The library looks texts up in an object, where it finds `constructor` and its like before anything was put there. It takes NUL out of texts,
 * after that: a text with one at its end is another key and the same text.
 */
const sharedText = (text: string): string => (text in Object.prototype ? `${text}\0` : text);

const tooLong = ({ name, columns }: ReportShape, source: number, length: number): ConfigError =>
  new ConfigError([
    `${name} has a text of ${length.toLocaleString('en-US')} characters in ${columns[source]?.name ?? ''}; a cell of a workbook holds ` +
      `${cellTextMax.toLocaleString('en-US')}. Write it with --format csv or --format parquet.`,
  ]);

/** What the library calls a feature: a hand in the parts of the file. */
type Feature = NonNullable<NonNullable<Parameters<typeof writeExcelFile>[1]>['features']>[number];

/** A filter over header and rows, without the totals; Excel keeps its range under a name besides. */
function filters(sheets: readonly Sheet[]): Feature {
  const last = sheets.map(({ columns, rows }) => getCellAddress(rows.length, columns.length - 1));
  const names = sheets.map(({ name }, index) => {
    const [, column = '', row = ''] = /^([A-Z]+)(\d+)$/.exec(last[index] ?? '') ?? [];
    const range = `'${name.replaceAll("'", "''")}'!$A$1:$${column}$${row}`;
    const attributes = `name="_xlnm._FilterDatabase" localSheetId="${index}" hidden="1"`;
    return `<definedName ${attributes}>${sanitizeTextContent(range)}</definedName>`;
  });
  return {
    files: {
      transform: {
        'xl/worksheets/sheet{id}.xml': {
          transform: (xml, _, { sheetIndex }) =>
            insertBehind(
              xml,
              '</sheetData>',
              `<autoFilter ref="A1:${sanitizeAttributeValue(last[sheetIndex] ?? '')}"/>`,
            ),
        },
        'xl/workbook.xml': {
          transform: (xml) =>
            insertBehind(xml, '</sheets>', `<definedNames>${names.join('')}</definedNames>`, '<definedNames/>'),
        },
      },
    },
  };
}

/** What the file is, for whoever finds it alone: no date and no name of a person, so that the same report gives the same bytes. */
function properties({ name, purpose }: ReportShape): Feature {
  const office = 'http://schemas.openxmlformats.org';
  const type = 'application/vnd.openxmlformats-package.core-properties+xml';
  const xml =
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
    `<cp:coreProperties xmlns:cp="${office}/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
    `<dc:title>${sanitizeTextContent(name)}</dc:title><dc:creator>Subledger</dc:creator>` +
    `<dc:description>${sanitizeTextContent(purpose)}</dc:description></cp:coreProperties>`;
  return {
    files: {
      transform: {
        '[Content_Types].xml': { insert: () => `<Override PartName="/docProps/core.xml" ContentType="${type}"/>` },
        '_rels/.rels': {
          insert: () =>
            '<Relationship Id="rId-core-properties" Target="docProps/core.xml" ' +
            `Type="${office}/package/2006/relationships/metadata/core-properties"/>`,
        },
      },
      write: { files: () => ({ 'docProps/core.xml': xml }) },
    },
  };
}

/** Adds markup behind a tag that stands once, in place of an empty element where that is said. */
function insertBehind(xml: string, tag: string, added: string, instead = ''): string {
  const at = xml.lastIndexOf(tag) + tag.length;
  const rest = xml.slice(at);
  return xml.slice(0, at) + added + (instead === '' ? rest : rest.replace(instead, ''));
}
