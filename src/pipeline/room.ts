import type { Database } from '../adapters/duckdb.js';
import { ledgerMemoryMb } from '../domain/limits.js';
import { daysIn, type Window } from '../domain/period.js';
import { type Room, roomFor } from '../domain/report-room.js';

/** Gives the ledger what comparing and reporting on the window needs, and at least so much, until `leaveRoom`. */
export async function makeRoom(
  { ledger }: { readonly ledger: Database },
  window: Window,
  leastMemoryMb = 0,
): Promise<Room> {
  const [[accounts, records] = []] = await ledger.texts(
    'accounts',
    'select count(*), (select count(*) from calls) + (select count(*) from messages) from accounts',
  );
  const count = (text: string | null | undefined): number => Number.parseInt(text ?? '0', 10);
  const room = roomFor(count(accounts), daysIn(window), count(records));
  await ledger.limitMemory(Math.max(room.memoryMb, leastMemoryMb));
  await ledger.run('threads', room.threads === undefined ? 'reset threads' : `set threads = ${room.threads}`);
  return room;
}

/** Back to what loading has. */
export async function leaveRoom({ ledger }: { readonly ledger: Database }): Promise<void> {
  await ledger.limitMemory(ledgerMemoryMb);
  await ledger.run('threads', 'reset threads');
}
