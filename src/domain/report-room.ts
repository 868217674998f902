import { reportMemoryMb, wideReportMemoryMb } from './limits.js';

/**
 * Days times accounts that two threads have room for in the memory of reports: each of them holds row groups of its own of wide rows. Measured
 * with six families for each account and day: 40,000 fit and 60,000 do not where every row of the comparison has a cause; adding up, 90,000 fit
 * and 150,000 do not.
 */
export const accountDaysOfTwoThreads = 40_000;
/**
 * Days times accounts that are added up at once: records by account, day, family, direction and country are ten times as many groups or more.
 * Three million of them are too many for the memory of reports.
 */
export const accountDaysAddedUp = 10_000;
/** What one thread has room for, likewise: 155,000 fit, 310,000 need twice the memory. */
const accountDaysOfOneThread = 155_000;
/** Below so many records a second thread costs more processor time than it saves of the clock. */
const recordsOfTwoThreads = 100_000;
/** Ranges of many years end in an error of the database rather than in the machine's last memory. */
const memoryMbMax = 4096;

export interface Room {
  readonly memoryMb: number;
  /** Undefined = as many as there are cores. */
  readonly threads: 1 | undefined;
}

/** What the database may use while it compares and reports on so many accounts and days, of so many records in all. */
export function roomFor(accounts: number, days: number, records: number): Room {
  const accountDays = accounts * days;
  const isLarge = accountDays > accountDaysOfTwoThreads;
  const memoryMb = isLarge ? wideReportMemoryMb : reportMemoryMb;
  return {
    memoryMb: Math.min(memoryMbMax, Math.ceil(memoryMb * Math.max(1, accountDays / accountDaysOfOneThread))),
    threads: isLarge || records < recordsOfTwoThreads ? 1 : undefined,
  };
}
