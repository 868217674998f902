import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Database, sqlName, sqlText } from '../../src/adapters/duckdb.js';
import type { LoadableLine } from '../../src/domain/manifest.js';
import type { Draw } from './draw.js';

type Row = Readonly<Record<string, string | number | boolean | null>>;
type Landed = 'calls' | 'messages' | 'usage_records';

const varchars = (names: string): string[] => names.split(' ').map((name) => `${sqlName(name)} varchar`);
const everyRow = [
  'run_number integer',
  'task_number integer',
  'page_number integer',
  'observed_at timestamp',
  'landing_sequence bigint',
];
const columns: Readonly<Record<Landed, readonly string[]>> = {
  calls: [
    ...varchars(
      'sid account_sid parent_call_sid phone_number_sid group_sid trunk_sid to from forwarded_from status direction',
    ),
    ...varchars('start_time end_time date_created date_updated duration queue_time price price_unit answered_by'),
    ...everyRow,
  ],
  messages: [
    ...varchars('sid account_sid messaging_service_sid to from status direction date_created date_sent date_updated'),
    ...varchars('num_segments num_media error_code error_message price price_unit'),
    ...everyRow,
  ],
  usage_records: [
    ...varchars(
      'account_sid category description count count_unit usage usage_unit price price_unit start_date end_date as_of',
    ),
    ...everyRow,
    'include_subaccounts boolean',
  ],
};

const dayMs = 86_400_000;
const categories =
  'calls calls-inbound calls-inbound-local calls-outbound sms sms-outbound totalprice nonsense failed-message-processing-fee calls-client mms sms-messages-carrierfees phonenumbers';
const lists = ['calls', 'messages', 'usage_records', 'undated_calls', 'undated_messages', 'consolidated_usage_records'];

/**
 * Landing files and manifest lines of runs that see the same few records again and again: on other days, with other accounts, currencies,
 * families and prices, broken and mended. They fit no control total: what they hold is not what any page held.
 */
export class RandomLoads {
  private sequence = 0;
  private manifest = '';
  private readonly days: number;

  private constructor(
    private readonly draw: Draw,
    private readonly folder: string,
    private readonly writer: Database,
  ) {
    this.days = draw.pick([5, 20, 60]);
  }

  static async begin(draw: Draw, folder: string): Promise<RandomLoads> {
    return new RandomLoads(
      draw,
      folder,
      await Database.open(':memory:', { memoryMb: 128, temporaryFolder: '', threads: 1 }),
    );
  }

  get manifestPath(): string {
    return join(this.folder, 'manifest.jsonl');
  }

  /** What one run left: one to four lines, among them files, tasks that were not pulled, a closing. */
  async run(number: number): Promise<LoadableLine[]> {
    const lines: LoadableLine[] = [];
    const count = this.draw.int(1, 4);
    for (let place = 0; place < count; place += 1) {
      this.sequence += 1;
      const line = { sequence: this.sequence, run: number, at: '2026-12-01T00:00:00Z', ...(await this.line(number)) };
      lines.push(line as unknown as LoadableLine);
      this.manifest += `${JSON.stringify(line)}\n`;
    }
    await writeFile(this.manifestPath, this.manifest);
    return lines;
  }

  close(): void {
    this.writer.close();
  }

  private async line(run: number): Promise<object> {
    const { draw } = this;
    const tasks = Array.from({ length: draw.int(0, 3) }, () => this.task());
    if (draw.chance(20)) return { kind: 'not_pulled', tasks };
    if (draw.chance(10)) {
      const totals = [{ currency: 'USD', itemised_cost: '1' }];
      return {
        kind: 'month_closed',
        month: '2026-10',
        reason: null,
        obstacles: {},
        totals,
        folder: '',
        sha256: '',
        files: [],
      };
    }
    const resource = draw.pick<Landed>(['calls', 'messages', 'usage_records']);
    const rows = Array.from({ length: draw.int(1, 8) }, () => this.row(resource, run));
    const file = await this.file(resource, rows);
    // Many rows, as far as anybody knows: the next file begins another batch.
    const told = draw.chance(30) ? 400_000 : rows.length;
    return { kind: 'landed', resource, file, sha256: '', bytes: 1, rows: told, controls: [], tasks };
  }

  private async file(resource: Landed, rows: readonly Row[]): Promise<string> {
    const path = join(this.folder, `${this.sequence}.parquet`);
    const literal = (value: Row[string]): string => (typeof value === 'string' ? sqlText(value) : String(value));
    await this.writer.run(path, `create or replace table landing (${columns[resource].join(', ')})`);
    for (const row of rows) {
      const names = Object.keys(row).map(sqlName).join(', ');
      await this.writer.run(
        path,
        `insert into landing (${names}) values (${Object.values(row).map(literal).join(', ')})`,
      );
    }
    await this.writer.run(path, `copy landing to ${sqlText(path)} (format parquet)`);
    return path;
  }

  private instant(): Date {
    const { draw } = this;
    const first = Date.parse('2026-09-20T00:00:00Z') + draw.int(0, this.days - 1) * dayMs;
    return new Date(first + draw.pick([0, 0, draw.int(0, 86_399) * 1000, 86_399_000]));
  }

  private date(): string | null {
    if (this.draw.chance(12)) return this.draw.pick(['no date', null]);
    return this.instant()
      .toUTCString()
      .replace('GMT', this.draw.pick(['+0000', '+0000', '-0700']));
  }

  private row(resource: Landed, run: number): Row {
    const { draw } = this;
    const seen = { run_number: run, task_number: 1, page_number: 1, landing_sequence: this.sequence };
    const account = draw.pick(['ACa', 'ACb', 'ACc']);
    const base = { ...seen, observed_at: `2026-12-01 00:00:0${run}`, account_sid: account };
    if (resource === 'usage_records') {
      const day = draw.chance(5) ? 'no day' : iso(this.instant()).slice(0, 10);
      return {
        ...base,
        category: draw.pick([...categories.split(' '), null]),
        count: draw.pick(['3', '0', null, 'x']),
        usage: draw.pick(['5', '0', null]),
        price: draw.pick(['0.5', '0', '0.25', null, '1e3', '1']),
        price_unit: draw.pick(['usd', 'usd', 'eur', 'zzz']),
        start_date: day,
        end_date: draw.chance(5) ? '2026-10-01' : day,
        as_of: draw.pick([null, iso(this.instant()), '2026-12-30T00:00:00Z']),
        include_subaccounts: draw.chance(20),
      };
    }
    const address = (): string | null =>
      draw.pick(['+14155550100', 'client:anna', 'whatsapp:+1415', 'rcs:x', '+49301234', null]);
    const record = {
      ...base,
      sid: `${resource === 'calls' ? 'CA' : 'SM'}${draw.int(0, 11)}`,
      to: address(),
      from: address(),
      status: draw.pick(['completed', 'busy', 'failed', 'no-answer', 'canceled', 'queued', 'sent', 'delivered']),
      direction: draw.pick(['inbound', 'outbound-api', 'trunking-originating']),
      price: draw.pick([null, '-0.01', '-0.0075', '0', '1e-3', '-1,5', '-0.02']),
      price_unit: draw.pick(['USD', 'USD', 'usd', 'EUR', null, 'XQZ', '']),
      date_created: this.date(),
    };
    return resource === 'calls'
      ? { ...record, start_time: this.date(), duration: draw.pick([null, '0', '61', 'soon', '-4']) }
      : {
          ...record,
          date_sent: this.date(),
          num_segments: draw.pick(['1', '2', null]),
          num_media: draw.pick(['0', '1']),
        };
  }

  private task(): object {
    const { draw } = this;
    const start = this.instant();
    const lengthMs = draw.pick([
      draw.int(1, 86_400) * 1000,
      dayMs,
      3 * dayMs,
      draw.int(1, 40) * dayMs + 1000,
      100 * dayMs,
    ]);
    return {
      number: draw.int(1, 1000),
      account_sid: draw.pick(['ACa', 'ACb', 'ACc']),
      resource: draw.pick(lists),
      window_start: iso(start),
      window_end: iso(new Date(start.getTime() + lengthMs)),
      started_at: iso(this.instant()),
      outcome: draw.pick(['complete', 'complete', 'refused', 'failed']),
      pages: 1,
      rows: 1,
    };
  }
}

const iso = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
