import { ApiError, type Query } from './query.js';

const PAGE_SIZE_DEFAULT = 50;

/** What a request says about paging. */
export interface PageRequest {
  /** A number for the client's own use; only `start` and `end` in the answer depend on it. */
  page: number;
  size: number;
  token: string | undefined;
}

/**
 * Reads PageSize, Page and PageToken. A PageSize above `rowsMax`, Twilio's 1000, is taken for that: the official clients send
 * larger ones (twilio 6.2.0 sends the limit as page size) and work. A Page without its token is refused, as Twilio refuses
 * it: 400, code 70002.
 */
export function readPage(query: Query, rowsMax: number): PageRequest {
  const sizeText = query.get('PageSize');
  const pageText = query.get('Page') ?? '0';
  const token = query.get('PageToken');
  if (sizeText !== undefined && !/^[1-9]\d*$/.test(sizeText)) throw new ApiError(400, 20001, 'Invalid PageSize');
  if (!/^\d{1,9}$/.test(pageText)) throw new ApiError(400, 20001, 'Invalid Page');
  const page = Number(pageText);
  if (page > 0 && token === undefined) {
    throw new ApiError(400, 70002, 'Unable to fetch page: Paged requests must include a PageToken');
  }
  const size = Math.min(sizeText === undefined ? PAGE_SIZE_DEFAULT : Number(sizeText), rowsMax);
  return { page, size, token };
}

/** A token that this Twilio did not give, or that no longer fits: 400. */
export function badToken(): ApiError {
  return new ApiError(400, 20001, 'Invalid PageToken');
}

export interface EnvelopeInput {
  path: string;
  /** Known filters, encoded, each followed by `&`. */
  filters: string;
  request: PageRequest;
  count: number;
  nextToken: string | undefined;
  previousToken: string | undefined;
}

/** The envelope's text before and after the rows. */
export interface Envelope {
  before: string;
  after: string;
}

/** Wraps the rows of one page. URIs are host-relative and repeat the filters; an empty list still says start 0, end 0. */
export function envelope(key: string, input: EnvelopeInput): Envelope {
  const { path, filters, request, count } = input;
  const uri = (page: number, token: string | undefined): string => {
    const suffix = token === undefined ? '' : `&PageToken=${encodeURIComponent(token)}`;
    return JSON.stringify(`${path}?${filters}PageSize=${request.size}&Page=${page}${suffix}`);
  };
  const next = input.nextToken === undefined ? 'null' : uri(request.page + 1, input.nextToken);
  const previous = input.previousToken === undefined ? 'null' : uri(Math.max(request.page - 1, 0), input.previousToken);
  const start = count === 0 ? 0 : request.page * request.size;
  const end = count === 0 ? 0 : start + count - 1;
  return {
    before: `{"first_page_uri":${uri(0, undefined)},"end":${end},"previous_page_uri":${previous},"${key}":[`,
    after: `],"uri":${uri(request.page, request.token)},"page_size":${request.size},"start":${start},"next_page_uri":${next},"page":${request.page}}`,
  };
}
