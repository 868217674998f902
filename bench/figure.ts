/** One measured figure, printed as one line of JSON on stdout. */
export interface Figure {
  readonly bench: string;
  /** Undefined where the figure is a rate without anything to hold it against. */
  readonly ratio?: number;
  readonly goal?: number;
  readonly goal_is?: 'at_least' | 'at_most';
  readonly details: Readonly<Record<string, unknown>>;
}

export function printFigure({ bench, ratio, goal, goal_is, details }: Figure): void {
  const met =
    ratio === undefined || goal === undefined ? undefined : goal_is === 'at_least' ? ratio >= goal : ratio <= goal;
  const rounded = ratio === undefined ? undefined : roundTo(ratio, 3);
  process.stdout.write(`${JSON.stringify({ bench, ratio: rounded, goal, goal_is, met, ...details })}\n`);
}

/** For people, beside the figures. */
export const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export const roundTo = (value: number, decimals: number): number => Number(value.toFixed(decimals));

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
