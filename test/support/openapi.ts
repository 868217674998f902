import { Ajv, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';
import { readTwilioDocument } from './openapi-package.js';

interface Schema {
  type?: string;
  format?: string;
  pattern?: string;
  nullable?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: (string | null)[];
  $ref?: string;
}

interface Parameter {
  name: string;
  in: 'path' | 'query';
  schema: Schema;
  examples?: Record<string, { value: unknown }>;
}

interface Operation {
  operationId: string;
  parameters?: Parameter[];
  responses: Record<
    string,
    { content?: Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }> }
  >;
}

interface OpenApi {
  paths: Record<string, Record<string, Operation | undefined>>;
  components: { schemas: Record<string, Schema> };
}

/** One example answer of the document. */
export interface OpenApiExample {
  operationId: string;
  /** Path template, such as `/2010-04-01/Accounts/{AccountSid}/Calls.json`. */
  path: string;
  /** Its name in the document, such as `readFullPage1`. */
  name: string;
  /** The query parameters of the request that the example answers. */
  query: Record<string, string>;
  value: Record<string, unknown>;
}

/** Keys that Twilio sends and its document does not have. */
const EXTRA_KEYS: Record<string, string[]> = { 'api.v2010.account.call': ['annotation'] };
const DECIMAL = '^-?(0|[1-9]\\d*)(\\.\\d+)?$';

/**
 * The document's schemas say what may be there; Twilio always sends every field, and nothing else, so that is required
 * here too. Deviations, each for a reason:
 * - a usage record's price is typed `number` and is a string in every example of the same document;
 * - `uri-map` is a format of objects, which validators do not check: its values are host-relative URIs;
 * - an enum that may be null does not list null.
 */
function strengthen(name: string, schema: Schema): Schema {
  const { properties } = schema;
  if (schema.type !== 'object' || properties === undefined) return schema;
  const changed: Record<string, Schema> = {};
  for (const [key, property] of Object.entries(properties)) {
    changed[key] = property;
    if (property.format === 'uri-map') {
      const { format: _, ...rest } = property;
      changed[key] = { ...rest, additionalProperties: { type: 'string', format: 'uri' } };
    }
    if (key === 'price' && name.includes('usage_record')) changed[key] = { type: 'string', pattern: DECIMAL };
  }
  for (const key of EXTRA_KEYS[name] ?? []) changed[key] = {};
  return { ...schema, properties: changed, required: Object.keys(properties), additionalProperties: false };
}

const RFC_2822 =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} ([01]\d|2[0-3]):[0-5]\d:[0-5]\d \+0000$/;
/** E.164, short code, SIP address, client, channel address or alphanumeric sender: what `from` and `to` may be. */
const PHONE_NUMBER = /^(\+\d{7,15}|\d{3,8}|whatsapp:\+\d{7,15}|(sip|sips|client|sim):\S+|[A-Za-z0-9 ]{1,11})$/;
/** Typed `date-time` in the document, which describes it as a day, and shows other forms in its examples. */
const DATE_FILTER = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/;

function makeAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajvFormats.default(ajv, ['date', 'int64', 'int32']);
  ajv.addFormat('date-time-rfc-2822', RFC_2822);
  ajv.addFormat('phone-number', PHONE_NUMBER);
  ajv.addFormat('date-time', DATE_FILTER);
  ajv.addFormat('uri', /^\/2010-04-01\/[!-~]*$/);
  ajv.addFormat('currency', /^([A-Z]{3}|[a-z]{3})$/);
  for (const ignored of ['uri-map', 'http-method', 'iso-country-code', 'endpoint', 'twiml'])
    ajv.addFormat(ignored, true);
  for (const ignored of ['ice-server', 'phone-number-capabilities']) ajv.addFormat(ignored, true);
  return ajv;
}

const ERROR_SCHEMA: Schema = {
  type: 'object',
  properties: {
    code: { type: 'integer' },
    message: { type: 'string' },
    more_info: { type: 'string', pattern: '^https://www\\.twilio\\.com/docs/errors/\\d+$' },
    status: { type: 'integer' },
  },
  required: ['code', 'message', 'more_info', 'status'],
  additionalProperties: false,
};

/** Checks requests and answers against Twilio's OpenAPI document. Problems come back as text; none = as documented. */
export class OpenApiDocument {
  private readonly ajv = makeAjv();
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly patterns: { path: string; pattern: RegExp }[];

  constructor(private readonly document: OpenApi) {
    const { schemas } = document.components;
    for (const [name, schema] of Object.entries(schemas)) schemas[name] = strengthen(name, schema);
    this.ajv.addSchema({ $id: 'twilio', components: document.components });
    this.patterns = Object.keys(document.paths)
      // `{Sid}.json` also fits `Records.json`: the template with fewest braces is the one that is meant.
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .map((path) => {
        const escaped = path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+?)');
        return { path, pattern: new RegExp(`^${escaped}$`) };
      });
  }

  private find(
    method: string,
    url: string,
  ): { path: string; operation: Operation; names: Record<string, string> } | undefined {
    const pathname = url.replace(/^https?:\/\/[^/]+/, '').split('?')[0] ?? '';
    for (const { path, pattern } of this.patterns) {
      const operation = this.document.paths[path]?.[method.toLowerCase()];
      const match = pattern.exec(pathname);
      if (operation !== undefined && match !== null) return { path, operation, names: { ...match.groups } };
    }
    return undefined;
  }

  private validator(key: string, schema: () => Schema): ValidateFunction {
    let validator = this.validators.get(key);
    if (validator === undefined) {
      const text = JSON.stringify(schema()).replaceAll('"#/components/', '"twilio#/components/');
      validator = this.ajv.compile(JSON.parse(text));
      this.validators.set(key, validator);
    }
    return validator;
  }

  private problems(validator: ValidateFunction, value: unknown): string[] {
    if (validator(value)) return [];
    return (validator.errors ?? []).map(
      (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  }

  /** Problems of an answer: that of the operation for status 200, Twilio's error body for any other status. */
  validateResponse(method: string, url: string, status: number, json: unknown): string[] {
    if (status !== 200) {
      const validator = this.validator('error', () => ERROR_SCHEMA);
      return this.problems(validator, json);
    }
    const found = this.find(method, url);
    if (found === undefined) return [`${method} ${url} is not in the document`];
    const schema = found.operation.responses['200']?.content?.['application/json']?.schema;
    if (schema === undefined) return [`${method} ${found.path} has no answer 200`];
    const key = `response ${method} ${found.path}`;
    return this.problems(
      this.validator(key, () => strengthen('envelope', schema)),
      json,
    );
  }

  /** Problems of a request: a path or parameter that the document does not have, or a value it does not allow. */
  validateRequest(method: string, url: string): string[] {
    const found = this.find(method, url);
    if (found === undefined) return [`${method} ${url} is not in the document`];
    const parameters = found.operation.parameters ?? [];
    const problems: string[] = [];
    const check = (where: 'path' | 'query', name: string, text: string): void => {
      const parameter = parameters.find((known) => known.in === where && known.name === name);
      if (parameter === undefined) problems.push(`unknown ${where} parameter ${name}`);
      else {
        const key = `parameter ${found.path} ${where} ${name}`;
        const value = typed(parameter.schema, text);
        problems.push(
          ...this.problems(
            this.validator(key, () => parameter.schema),
            value,
          ).map((one) => `${name}${one}`),
        );
      }
    };
    for (const [name, text] of Object.entries(found.names)) check('path', name, text);
    const seen = new Set<string>();
    for (const [name, text] of new URL(url, 'http://localhost').searchParams) {
      if (seen.has(name)) problems.push(`query parameter ${name} comes twice`);
      seen.add(name);
      check('query', name, text);
    }
    return problems;
  }

  /** The example answers for accounts, calls, messages and usage, with the query that each of them answers. */
  examples(): OpenApiExample[] {
    const found: OpenApiExample[] = [];
    for (const [path, methods] of Object.entries(this.document.paths)) {
      if (!/\/(Accounts|Calls|Messages|Usage\/Records(\/\w+)?)\.json$|^[^{]*\{Sid\}\.json$/.test(path)) continue;
      const operation = methods.get;
      const examples = operation?.responses['200']?.content?.['application/json']?.examples ?? {};
      for (const [name, { value }] of Object.entries(examples)) {
        const query: Record<string, string> = {};
        for (const parameter of operation?.parameters ?? []) {
          const sent = parameter.examples?.[name]?.value;
          if (parameter.in === 'query' && sent !== undefined) query[parameter.name] = String(sent);
        }
        found.push({
          operationId: operation?.operationId ?? '',
          path,
          name,
          query,
          value: value as Record<string, unknown>,
        });
      }
    }
    return found;
  }
}

function typed(schema: Schema, text: string): unknown {
  if (schema.type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

let loading: Promise<OpenApiDocument> | undefined;

/** Twilio's document, read once per process. */
export function openApiDocument(): Promise<OpenApiDocument> {
  loading ??= readTwilioDocument().then((text) => new OpenApiDocument(JSON.parse(text)));
  return loading;
}

/** Problems of an answer against Twilio's document; none = as documented. */
export async function validateResponse(method: string, url: string, status: number, json: unknown): Promise<string[]> {
  return (await openApiDocument()).validateResponse(method, url, status, json);
}

/** Problems of a request against Twilio's document; none = as documented. */
export async function validateRequest(method: string, url: string): Promise<string[]> {
  return (await openApiDocument()).validateRequest(method, url);
}

/** The example answers of Twilio's document for accounts, calls, messages and usage. */
export async function openApiExamples(): Promise<OpenApiExample[]> {
  return (await openApiDocument()).examples();
}
