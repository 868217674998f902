import { reportMemoryMb } from './limits.js';

/**
 * Days times accounts that two threads have room for in the memory of reports: each of them holds row groups of its own of wide rows. Measured
 * with six families for each account and day: 40,000 fit and 60,000 do not where every row of the comparison has a cause; adding up, 90,000 fit
 * and 150,000 do not.
 */
export const accountDaysOfTwoThreads = 40_000;
/**
 * Days times accounts that are added up at once, or reported on in a report that is made day by day: records by account, day, family, direction
 * and country are ten times as many groups or more. Three million of them are too many for the memory of reports, and so are a month of 5,000
 * accounts' 42 columns of FOCUS, which are sorted; eight days of it are too many, four fit.
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
  /** Days at once of a report that is made day by day. */
  readonly pieceDays: number;
}

/** What the database may use while it compares and reports on so many accounts and days, of so many records in all. */
export function roomFor(accounts: number, days: number, records: number): Room {
  const accountDays = accounts * days;
  const isLarge = accountDays > accountDaysOfTwoThreads;
  return {
    memoryMb: Math.min(memoryMbMax, Math.ceil(reportMemoryMb * Math.max(1, accountDays / accountDaysOfOneThread))),
    threads: isLarge || records < recordsOfTwoThreads ? 1 : undefined,
    pieceDays: Math.max(1, Math.floor(accountDaysAddedUp / Math.max(1, accounts))),
  };
}
