import type { Task } from './task.js';

/**
 * The order in which tasks are begun: the most urgent accounts first; among equals one task of each account in turn, accounts
 * in the order they came. An account with many windows would otherwise fill every active place while its own request bound
 * lets only a few of them go on.
 */
export function interleaveAccounts(tasks: readonly Task[]): Task[] {
  const urgencies = [...new Set(tasks.map(urgencyOf))].sort((a, b) => a - b);
  return urgencies.flatMap((urgency) => inTurns(tasks.filter((task) => urgencyOf(task) === urgency)));
}

const urgencyOf = ({ urgency }: Task): number => urgency ?? Number.POSITIVE_INFINITY;

function inTurns(tasks: readonly Task[]): Task[] {
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
