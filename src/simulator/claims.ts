import type { Account } from './accounts.js';
import type { Family } from './families.js';

/** What an injection takes for itself: families of an account over days, both ends included. */
export interface Claim {
  account: Account;
  families: readonly Family[];
  first: number;
  last: number;
}

/** Days of an account that injections have taken, so that no two of them meet. */
export class Claims {
  private readonly byAccount = new Map<number, Claim[]>();

  /** Whether neither the days of a claim nor those next to them are taken for any of its families. */
  isFree(claim: Claim): boolean {
    const taken = this.byAccount.get(claim.account.index) ?? [];
    return !taken.some(
      (other) =>
        other.first <= claim.last + 1 &&
        other.last >= claim.first - 1 &&
        other.families.some((family) => claim.families.includes(family)),
    );
  }

  take(claim: Claim): void {
    const taken = this.byAccount.get(claim.account.index);
    if (taken === undefined) this.byAccount.set(claim.account.index, [claim]);
    else taken.push(claim);
  }
}
