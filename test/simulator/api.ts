import { openApiDocument } from '../support/openapi.js';
import { basicAuth, type SimulatorHandle } from '../support/simulator.js';

export type Row = Record<string, unknown>;

export interface Reply {
  status: number;
  headers: Headers;
  json: Row;
}

/** Reads the simulator as a stranger would, and holds every answer against Twilio's OpenAPI document. */
export class Api {
  readonly accountSid: string;
  private readonly headers: Record<string, string>;

  constructor(
    private readonly simulator: SimulatorHandle,
    user = simulator.accountSid,
    secret = simulator.authToken,
    /** Whether every answer is checked. Checking takes longer than reading, so tests of large worlds do without. */
    private readonly isChecked = true,
  ) {
    this.accountSid = simulator.accountSid;
    this.headers = basicAuth(user, secret);
  }

  /** One answer, whatever its status. Fails where it is not as documented. */
  async get(path: string): Promise<Reply> {
    const response = await fetch(this.simulator.baseUrl + path, { headers: this.headers });
    const json = (await response.json()) as Row;
    if (!this.isChecked) return { status: response.status, headers: response.headers, json };
    const problems = (await openApiDocument()).validateResponse('GET', path, response.status, json);
    if (problems.length > 0) throw new Error(`GET ${path} → ${response.status}: ${problems.slice(0, 5).join('; ')}`);
    return { status: response.status, headers: response.headers, json };
  }

  /** Every page of a list, one after the other. */
  async pages(path: string): Promise<Row[]> {
    const found: Row[] = [];
    for (let next: string | null = path; next !== null; ) {
      const { status, json } = await this.get(next);
      if (status !== 200) throw new Error(`GET ${next} → ${status}: ${JSON.stringify(json)}`);
      found.push(json);
      next = json.next_page_uri as string | null;
    }
    return found;
  }

  /** Every row of a list. */
  async rows(path: string): Promise<Row[]> {
    return (await this.pages(path)).flatMap((page) => rowsOf(page));
  }
}

/** Reads as the main account, without checking each answer. */
export function uncheckedApi(simulator: SimulatorHandle): Api {
  return new Api(simulator, simulator.accountSid, simulator.authToken, false);
}

/** The rows of a page, whatever they are. */
export function rowsOf(page: Row): Row[] {
  return (page.calls ?? page.messages ?? page.accounts ?? page.usage_records) as Row[];
}

/** `/2010-04-01/Accounts/AC…/Calls.json?StartTime%3E=…` */
export function listPath(sid: string, resource: string, query: Record<string, string | number> = {}): string {
  const text = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return `/2010-04-01/Accounts/${sid}/${resource}.json${text === '' ? '' : `?${text}`}`;
}

/** Hundred-millionths of a plain decimal: the tests' own way of adding money. */
export function units(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(text);
  if (match === null) throw new Error(`not a plain decimal of at most eight places: ${text}`);
  const size = BigInt(`${match[2]}${(match[3] ?? '').padEnd(8, '0')}`);
  return match[1] === '-' ? -size : size;
}

/** Seconds, UTC, of a date as rows have it. */
export function seconds(rfc2822: unknown): number {
  return Date.parse(String(rfc2822)) / 1000;
}
