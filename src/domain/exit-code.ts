/** Exit codes are promises to schedulers and the person on call; docs/errors.md explains each. */
export const ExitCode = {
  fine: 0,
  unexpected: 1,
  configuration: 2,
  unexplained: 3,
  incomplete: 4,
  locked: 5,
  storeDamaged: 6,
  diskFull: 7,
  tryAgain: 75,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
