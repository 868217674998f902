import type { Account } from './account.js';
import { closedDataDaysKept, messagesDaysKept, namedAccountsMax } from './limits.js';
import { addDays, dateOf, dayOf, type Instant } from './period.js';
import { isUndated, landedAs } from './resource.js';
import type { Task } from './task.js';

/** What may soon be gone at Twilio, or is gone already, of what the tasks ask for. They are asked for all the same. */
export function outOfReachWarnings(accounts: readonly Account[], tasks: readonly Task[], now: Instant): string[] {
  return [...closedWarnings(accounts, tasks, now), ...retentionWarnings(tasks, now)];
}

/** Of a list without date filter as many pages were read as may be. */
export const searchedWarning = ({ accountSid, resource, window }: Task, from: Instant): string =>
  `${landedAs[resource]} of ${accountSid} without a date were looked for back to ${from} only, not to ${window?.start}: their list cannot ` +
  'be filtered, and is long. findings.csv names the days; --undated-pages reads more of it.';

/** Only where something from before the closure is still to be pulled: an account has no traffic behind it. */
function closedWarnings(accounts: readonly Account[], tasks: readonly Task[], now: Instant): string[] {
  const firstDue = new Map<string, Instant>();
  for (const { accountSid, resource, window } of tasks) {
    // How far these were looked for is told by a warning of its own.
    if (isUndated(resource)) continue;
    const first = firstDue.get(accountSid);
    if (window !== undefined && (first === undefined || window.start < first)) firstDue.set(accountSid, window.start);
  }
  const atRisk = accounts.filter((account) => {
    const first = firstDue.get(account.sid);
    return account.status === 'closed' && first !== undefined && first < (account.updatedAt ?? now);
  });
  const named = atRisk.slice(0, namedAccountsMax).map((account) => closedWarning(account, now));
  const left = atRisk.length - named.length;
  return left === 0
    ? named
    : [...named, `${left} more closed accounts may lose their data likewise; all of them are pulled first.`];
}

function closedWarning({ sid, updatedAt }: Account, now: Instant): string {
  const what = `${sid} is closed, and Twilio may delete its data ${closedDataDaysKept} days after closure`;
  const todo = 'It is pulled first: see in completeness.csv that nothing of it is missing, and keep the data folder.';
  if (updatedAt === undefined) return `${what}; when it was closed Twilio does not say. ${todo}`;
  const goneAt = addDays(updatedAt, closedDataDaysKept);
  const daysLeft = Math.ceil((dateOf(goneAt).getTime() - dateOf(now).getTime()) / dayMs);
  const since = `last changed on ${dayOf(updatedAt)}`;
  return daysLeft > 0
    ? `${what}: ${since}, so perhaps in ${daysLeft} days, on ${dayOf(goneAt)}, or earlier. ${todo}`
    : `${what}: ${since}, so since ${dayOf(goneAt)} it may be gone. What is left is pulled first: compare it with the bill.`;
}

const dayMs = 86_400_000;

function retentionWarnings(tasks: readonly Task[], now: Instant): string[] {
  const keptFrom = addDays(now, -messagesDaysKept);
  const late = tasks.filter((task) => task.resource === 'messages' && (task.window?.start ?? now) < keptFrom);
  const accounts = new Set(late.map((task) => task.accountSid)).size;
  const first = late.reduce(
    (least, { window }) => (window !== undefined && window.start < least ? window.start : least),
    now,
  );
  if (accounts === 0) return [];
  return [
    `Messages of ${accounts} accounts are asked for from ${dayOf(first)} on, but Twilio keeps them ${messagesDaysKept} days unless ` +
      `set otherwise: those before ${dayOf(keptFrom)} may be missing. Usage Records keep their cost: compare with ` +
      'reconciliation.csv.',
  ];
}
