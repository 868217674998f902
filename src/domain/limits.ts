/** Every limit has a name, a unit and a reason, and stands here. */

/** Twilio's largest page (OpenAPI document: PageSize maximum 1000). */
export const pageRowsMax = 1000;
/** Usage Records answer 500 to large pages over long ranges (public reports); pages of 100 rows come through. */
export const usagePageRowsReduced = 100;
/** Requests in flight over all accounts, unless --concurrency says otherwise. Twilio's ceiling is unpublished and shared. */
export const concurrencyDefault = 20;
export const concurrencyMax = 200;
/** Requests in flight at first, and percent of what was borne that may be tried next: 20 are reached in three round trips. */
export const concurrencyStart = 8;
export const slowStartPercent = 150;
/** Share of Twilio's ceiling that is left to production traffic, unless --head-room says otherwise. */
export const headRoomPercentDefault = 10;
/** From a larger one the short looks beyond the ceiling do not climb far enough to see that it is gone. */
export const headRoomPercentMax = 50;
/** Round trips for which a learned ceiling is believed: at 200 ms, 12 s between two looks whether more is borne by now. */
export const ceilingTrustedRounds = 60;
/** Round trips that such a look takes at most: enough to grow out of the largest head room. */
export const probeRoundsMax = 4;
/** Requests below a ceiling are sent this far apart or not spaced at all: timers are no finer. */
export const spacingMsMin = 2;
/** Nobody sends where refusal follows refusal without a Retry-After; doubles each time, short enough to notice when it ends. */
export const refusalPauseMsBase = 250;
export const refusalPauseMsMax = 4_000;
/** Tasks begun beyond the request slots: while one waits or lands its page, another uses the slot. */
export const activeTasksBeyondSlots = 32;
/** Pages received and not yet landed, beyond the request slots: landing never waits for the network, nor fills the memory. */
export const pagesBeyondSlots = 24;
/**
 * Pages wait this long for others to be judged together with: planning one group costs as much as judging a thousand rows, and many
 * small accounts send a page every few milliseconds. Nobody waits where as many are there as are judged together, or where no other is on its way.
 */
export const gatherMsMax = 75;
/** Tasks in a row that ran out of retries, with no page between them, after which Twilio counts as unreachable. */
export const giveUpsInARowMax = 20;
/** Distinct warnings that extraction carries; more are only counted. */
export const extractWarningsMax = 1000;
/** A request may be silent this long (headers or body) before it counts as stalled. */
export const requestIdleMsMax = 60_000;
/** One request from first byte out to last byte in. */
export const requestTotalMsMax = 300_000;
/** Tries of one page, the first included. */
export const requestAttemptsMax = 8;
/** First back-off; doubles with each try, with full jitter. */
export const retryDelayMsBase = 500;
export const retryDelayMsMax = 60_000;
/** Spent on one page together, tries and waits; also the longest Retry-After that is honoured. */
export const retryTotalMsMax = 900_000;
/** A page of 1000 calls is about 1.3 MB; above this the answer is not a page. */
export const pageBytesMax = 64 * 1024 * 1024;
/** Pages still to come, below which a task is not divided: each part costs about one page more. */
export const divisiblePagesMin = 2;
/**
 * Pages of a list without date filter, which are read in search of records without a date, unless --undated-pages says otherwise: the
 * newest 10,000 records of an account. Such a list holds all there ever was, and cannot be divided.
 */
export const undatedPagesDefault = 10;
export const undatedPagesMax = 10_000;
/** How much older than the rest of its page a row may look in such a list: nobody says what it is sorted by. */
export const undatedMarginDays = 1;
/** Pages of one task; a loop of next_page_uri ends here at the latest. */
export const taskPagesMax = 100_000;
/** Rows kept in memory before they go to a landing file: memory and what a crash can cost, against the number of files. */
export const landingRowsMax = 40_000;
/** Bytes of such rows as they came, less what is left out at once, against the same: 25,000 calls, or messages with long bodies, which would be many times that. */
export const landingBytesMax = 20 * 1024 * 1024;
/** Rows are in memory this long at most before they go to a landing file: what a kill can cost where they come slowly. */
export const landingAgeMsMax = 5_000;
/** A run that was killed or stopped less than this ago is gone on with: what it pulled is not asked for again. */
export const resumeMsMax = 12 * 60 * 60 * 1000;
/** Rows handed to one load transaction: more need more memory to tell sids apart, fewer rewrite the ledger too often. */
export const loadBatchRowsMax = 500_000;
/** Days after which a priced row is taken as settled; Twilio prices within 24 hours but restates for some days. */
export const lookBackDaysDefault = 7;
/** No day before it is asked for; the first one of queries/ledger/days.sql. */
export const earliestDay = '2008-01-01';
/** Days after which an unpriced row no longer makes its day due: Twilio says rarely a price never comes. */
export const unpricedDaysMax = 30;
/** Memory of the DuckDB that parses pages, and of the one that holds the ledger. Buffers only: allocations come on top. */
export const landingMemoryMb = 192;
export const ledgerMemoryMb = 160;
/** The ledger's while reports are made: a month of 5,000 accounts is half a million rows of completeness. */
export const reportMemoryMb = 192;
/** While they are written: tables are read once from their beginning, and the texts of their rows need room outside the database. */
export const writingMemoryMb = 128;
/** For what is written row by row and not held: to sort ten million wide rows, 192 MB are too few, whatever is written aside. */
export const exportMemoryMb = 512;
/** Pages parsed by one statement: enough to share its overhead, few enough to stay small in memory. */
export const parsePagesMax = 12;
/** Tasks named by one line of the manifest: such a line stays below DuckDB's 16 MiB for one JSON object. */
export const lineTasksMax = 20_000;
/** Twilio deletes the data of a closed account so many days after its closure, unless the account's owner turned that off. */
export const closedDataDaysKept = 30;
/** Twilio keeps messages so many days unless an account asks for fewer (contract: as few as 7). Nothing is said of calls. */
export const messagesDaysKept = 400;
/** Accounts that a warning names one by one; more are only counted. */
export const namedAccountsMax = 20;
/** Times that a run looks for accounts that appeared while it pulled: an hour of pulling, then minutes, then seconds. */
export const newAccountRoundsMax = 3;
/** Tasks that a dry run names line by line; all of them are in its JSON. */
export const planLinesMax = 40;
/** Lines of obstacles that a refusal to close a month names; more are only counted. */
export const obstacleLinesMax = 20;
/** Cells of a workbook, rows times columns: all are in memory at once, 500,000 take 0.6 to 1 GB and ten seconds. Far fewer than the rows of a sheet. */
export const workbookCellsMax = 500_000;
