import type { Task } from './task.js';

/**
 * The order in which tasks are begun: one of each account in turn, accounts in the order they came. An account with many
 * windows would otherwise fill every active place while its own request bound lets only a few of them go on.
 */
export function interleaveAccounts(tasks: readonly Task[]): Task[] {
  const turns: Task[][] = [];
  const turnOfAccount = new Map<string, number>();
  for (const task of tasks) {
    const turn = turnOfAccount.get(task.accountSid) ?? 0;
    turnOfAccount.set(task.accountSid, turn + 1);
    const sameTurn = turns[turn];
    if (sameTurn === undefined) turns.push([task]);
    else sameTurn.push(task);
  }
  return turns.flat();
}
