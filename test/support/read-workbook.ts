import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';

/** A cell as the parts of the file say it, read without the library that wrote it. */
export interface ReadCell {
  /** As the file's XML has it for numbers; decoded as Excel does for texts. */
  readonly value: string;
  readonly type: 'number' | 'text' | 'boolean';
  readonly format: string;
  readonly bold: boolean;
}

export interface ReadSheet {
  readonly name: string;
  readonly xml: string;
  /** Rows from the first; null where no cell is. */
  readonly rows: readonly (readonly (ReadCell | null)[])[];
}

export interface ReadWorkbook {
  readonly parts: ReadonlyMap<string, string>;
  readonly sheets: readonly ReadSheet[];
}

export async function readWorkbook(path: string): Promise<ReadWorkbook> {
  const files = Object.entries(unzipSync(await readFile(path)));
  const parts = new Map(files.map(([name, bytes]) => [name, strFromU8(bytes)]));
  const part = (name: string): string => parts.get(name) ?? '';
  const texts = [...part('xl/sharedStrings.xml').matchAll(/<si><t(?: xml:space="preserve")?>(.*?)<\/t><\/si>/gs)].map(
    ([, text = '']) => decoded(xmlText(text)),
  );
  const styles = stylesOf(part('xl/styles.xml'));
  const names = [...part('xl/workbook.xml').matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(([, name = '']) =>
    xmlText(name),
  );
  const sheets = names.map((name, index) => {
    const xml = part(`xl/worksheets/sheet${index + 1}.xml`);
    return { name, xml, rows: rowsOf(xml, texts, styles) };
  });
  return { parts, sheets };
}

type Style = Pick<ReadCell, 'format' | 'bold'>;

function stylesOf(xml: string): Style[] {
  const formats = new Map(
    [...xml.matchAll(/<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g)].map(([, id, code = '']) => [id, xmlText(code)]),
  );
  const fonts = [...(/<fonts.*?<\/fonts>/s.exec(xml)?.[0] ?? '').matchAll(/<font\/>|<font>.*?<\/font>/gs)].map(
    ([font]) => font.includes('<b/>'),
  );
  return [...(/<cellXfs.*<\/cellXfs>/s.exec(xml)?.[0] ?? '').matchAll(/<xf ([^>]*)>/g)].map(([, attributes = '']) => ({
    format: formats.get(/numFmtId="(\d+)"/.exec(attributes)?.[1]) ?? '',
    bold: fonts[Number(/fontId="(\d+)"/.exec(attributes)?.[1] ?? 0)] ?? false,
  }));
}

function rowsOf(xml: string, texts: readonly string[], styles: readonly Style[]): (ReadCell | null)[][] {
  const rows: (ReadCell | null)[][] = [];
  for (const [, number, inner = ''] of xml.matchAll(/<row r="(\d+)"(?:\/>|>(.*?)<\/row>)/gs)) {
    const row: (ReadCell | null)[] = [];
    for (const [, letters = '', attributes = '', value] of inner.matchAll(
      /<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|><v>(.*?)<\/v><\/c>)/gs,
    )) {
      const at = columnOf(letters);
      while (row.length < at) row.push(null);
      row.push(value === undefined ? null : cellOf(attributes, value, texts, styles));
    }
    rows[Number(number) - 1] = row;
  }
  return rows;
}

function cellOf(attributes: string, value: string, texts: readonly string[], styles: readonly Style[]): ReadCell {
  const { format = '', bold = false } = styles[Number(/ s="(\d+)"/.exec(attributes)?.[1] ?? 0)] ?? {};
  const type = / t="(\w)"/.exec(attributes)?.[1];
  if (type === 's') return { type: 'text', value: texts[Number(value)] ?? 'no such text', format, bold };
  return { type: type === 'b' ? 'boolean' : 'number', value, format, bold };
}

const columnOf = (letters: string): number =>
  [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0) - 1;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Line ends as a reader of XML hands them on (XML 1.0, 2.11), then entities. */
const xmlText = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);

/** `ST_Xstring` (ECMA-376, 22.9.2.19), from left to right. */
const decoded = (text: string): string =>
  text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
