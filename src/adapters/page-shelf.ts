import { freeNow } from './body-pool.js';

/** Room is made in such pieces: what is larger than 32 MB goes back to the system when it is freed, on Linux, and unused room costs nothing. */
const pieceBytes = 40 * 1024 * 1024;

/**
 * Keeps the rows of accepted pages until they are written. They are copied, closely packed, because the body that they came in is
 * twice as large and is wanted for the next page; the room is used again, so that nothing is left for the garbage collector.
 */
export class PageShelf {
  private readonly free: Buffer[] = [];

  begin(): PageStack {
    return new PageStack(this.free);
  }

  clear(): void {
    freeNow(this.free.splice(0));
  }
}

/** Rows that are given up together. */
export class PageStack {
  private readonly pieces: Buffer[] = [];
  private used = pieceBytes;
  /** What was put in. */
  bytes = 0;

  constructor(private readonly free: Buffer[]) {}

  put(rows: Buffer): Buffer {
    this.bytes += rows.length;
    if (rows.length > pieceBytes) return Buffer.from(rows);
    if (this.used + rows.length > pieceBytes) {
      this.pieces.push(this.free.pop() ?? Buffer.allocUnsafeSlow(pieceBytes));
      this.used = 0;
    }
    const kept = (this.pieces.at(-1) as Buffer).subarray(this.used, this.used + rows.length);
    rows.copy(kept);
    this.used += rows.length;
    return kept;
  }

  /** Nobody looks at what was put in any more. One piece is kept: one that was full would hold its room for a list with a single page. */
  release(): void {
    this.free.push(...this.pieces.splice(0));
    freeNow(this.free.splice(1));
    this.used = pieceBytes;
  }
}
