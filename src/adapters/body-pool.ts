/** Bodies of pages are of similar sizes: room is made in such steps, so that it fits again. */
const stepBytes = 256 * 1024;

/**
 * Room for bodies, used again once a page is done with. Two megabytes for each of thousands of pages would otherwise be what the
 * garbage collector does most of a run.
 */
export class BodyPool {
  private readonly free: Buffer[] = [];

  constructor(private readonly buffersMax: number) {}

  /** Room for at least so many bytes; what is in it is left over. */
  take(bytes: number): Buffer {
    const index = this.free.findIndex((buffer) => buffer.length >= bytes);
    const [found] = index === -1 ? [] : this.free.splice(index, 1);
    return found ?? Buffer.allocUnsafeSlow(Math.max(stepBytes, Math.ceil(bytes / stepBytes) * stepBytes));
  }

  /** `body` may be a part of what was taken. Whoever gives it back keeps no part of it. */
  give(body: Uint8Array): void {
    const whole = Buffer.from(body.buffer);
    if (whole.length < stepBytes) return;
    // Smallest first, so that a small body takes small room; of too many the smallest goes: the large ones cost the most to make.
    const larger = this.free.findIndex((buffer) => buffer.length > whole.length);
    this.free.splice(larger === -1 ? this.free.length : larger, 0, whole);
    if (this.free.length > this.buffersMax) this.free.shift();
  }

  clear(): void {
    freeNow(this.free.splice(0));
  }

  /** Puts a chunk behind what is there, moving into larger room where it does not fit. */
  append(body: Buffer, bytes: number, chunk: Buffer): Buffer {
    const needed = bytes + chunk.length;
    let room = body;
    if (needed > body.length) {
      room = this.take(Math.max(needed, 2 * body.length));
      body.copy(room, 0, 0, bytes);
      this.give(body);
    }
    chunk.copy(room, bytes);
    return room;
  }
}

/**
 * Frees memory at once, by handing it over to nobody. V8 would free it when it next collects its heap, which it puts off for as long as
 * nothing is allocated: all the while the ledger is loaded.
 */
export function freeNow(buffers: readonly Buffer[]): void {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(
    undefined,
    buffers.map((buffer) => buffer.buffer as ArrayBuffer),
  );
  port1.close();
  port2.close();
}
