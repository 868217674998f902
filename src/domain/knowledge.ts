import type { Window } from './period.js';

interface AccountWindow extends Window {
  readonly accountSid: string;
  /** calls, messages or usage_records */
  readonly resource: string;
}

/** What earlier runs have already made sure of. */
export interface Knowledge {
  /** Windows that a run pulled completely which was interrupted a short while ago: this run goes on from them. */
  readonly resumed: readonly AccountWindow[];
  /** Windows that can no longer change: pulled completely, later than the look-back after their end. */
  readonly settled: readonly AccountWindow[];
  /** Days that hold unpriced records young enough to be priced yet, as one-day windows. */
  readonly unpriced: readonly AccountWindow[];
}
