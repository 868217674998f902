import { type Account, liveHours, makeAccounts } from './accounts.js';
import { CallRows } from './call-rows.js';
import { Calls } from './calls.js';
import { Injected } from './injected.js';
import { MessageRows } from './message-rows.js';
import { Messages } from './messages.js';
import type { WorldOptions } from './options.js';
import { deriveKey, hexToken } from './random.js';
import { HABITS, Rhythm, Slots } from './rhythm.js';
import { SidCodec } from './sids.js';
import { Usage } from './usage.js';
import { SumsOfAll } from './usage-sums.js';

/** The records of one account, and the writers of their rows. */
export interface Traffic {
  calls: Calls;
  callRows: CallRows;
  messages: Messages;
  messageRows: MessageRows;
}

/**
 * Everything that this Twilio knows: a pure function of its options and of the simulated clock. No record is stored, so
 * ten million take as much memory as ten.
 */
export class World {
  readonly sids: SidCodec;
  readonly accounts: readonly Account[];
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly usage: Usage;
  /** The usage of all accounts together. */
  readonly sumsOfAll: SumsOfAll;
  /** What a test has injected. Nearly always nothing. */
  readonly injected: Injected;
  private readonly bySid = new Map<string, Account>();
  private readonly rhythms: Rhythm[];
  private readonly traffics = new Map<number, Traffic>();
  private clock: number;

  constructor(readonly options: WorldOptions) {
    const { seed } = options;
    this.sids = new SidCodec(seed);
    this.accounts = makeAccounts(options, this.sids);
    for (const account of this.accounts) this.bySid.set(account.sid, account);
    this.apiKey = `SK${hexToken(deriveKey(seed, 0xa91))}`;
    this.apiSecret = hexToken(deriveKey(seed, 0xa92));
    this.rhythms = Array.from({ length: HABITS }, (_, habit) => new Rhythm(options.from, options.to, seed, habit));
    this.usage = new Usage(seed, (account) => this.traffic(account));
    this.injected = new Injected((account) => this.traffic(account));
    this.sumsOfAll = new SumsOfAll(this.usage, this.accounts);
    this.clock = options.now;
  }

  get parent(): Account {
    return this.accounts[0] as Account;
  }

  /** The simulated clock, in seconds, UTC. */
  get now(): number {
    return this.clock;
  }

  /** Moves the simulated clock. Records appear, calls end, prices are set and corrected, accounts close. */
  setNow(instant: number): void {
    this.clock = instant;
    this.forgetUsage();
  }

  /** Has usage worked out anew: the clock, a record or an account has changed. */
  forgetUsage(): void {
    this.usage.clear();
    this.sumsOfAll.clear();
  }

  account(sid: string): Account | undefined {
    return this.bySid.get(sid);
  }

  /** The calls and messages of an account. */
  traffic(account: Account): Traffic {
    let traffic = this.traffics.get(account.index);
    if (traffic === undefined) {
      const { seed, plain } = this.options;
      const calls = new Calls(account, this.slots(account, account.calls, 1), seed, plain);
      const messages = new Messages(account, this.slots(account, account.messages, 2), seed, plain);
      traffic = {
        calls,
        callRows: new CallRows(calls, this.sids),
        messages,
        messageRows: new MessageRows(messages, this.sids),
      };
      this.traffics.set(account.index, traffic);
    }
    return traffic;
  }

  private slots(account: Account, count: number, kind: number): Slots {
    const key = deriveKey(this.options.seed, 0x5107, account.index, kind);
    const rhythm = this.rhythms[key % HABITS] as Rhythm;
    const { first, end } = liveHours(account, this.options);
    return new Slots(first < end ? count : 0, rhythm, first, end, key, this.options.crowded);
  }
}
