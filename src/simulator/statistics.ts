/** One request as it was seen. */
export interface LoggedRequest {
  method: string;
  url: string;
  status: number;
}

const LOG_MAX = 20_000;

/** What has been asked of the API since the start or the last reset. */
export class Statistics {
  private requests = 0;
  private inFlight = 0;
  private inFlightMax = 0;
  private bytes = 0;
  private byStatus: Record<string, number> = {};
  private log: LoggedRequest[] = [];
  private dropped = 0;
  private readonly byAccount = new Map<string, number>();
  private byAccountMax = 0;

  /** A request has come. Returns how many are in flight now, this one included. */
  begin(accountSid: string | undefined): number {
    this.requests++;
    this.inFlight++;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    if (accountSid !== undefined) {
      const count = (this.byAccount.get(accountSid) ?? 0) + 1;
      this.byAccount.set(accountSid, count);
      this.byAccountMax = Math.max(this.byAccountMax, count);
    }
    return this.inFlight;
  }

  /** An answer was decided on. */
  answered(request: LoggedRequest, bytes: number): void {
    this.byStatus[request.status] = (this.byStatus[request.status] ?? 0) + 1;
    this.bytes += bytes;
    if (this.log.length < LOG_MAX) this.log.push(request);
    else this.dropped++;
  }

  /** The last byte has gone, or the connection. */
  end(accountSid: string | undefined): void {
    this.inFlight--;
    if (accountSid === undefined) return;
    const count = (this.byAccount.get(accountSid) ?? 1) - 1;
    if (count === 0) this.byAccount.delete(accountSid);
    else this.byAccount.set(accountSid, count);
  }

  reset(): void {
    this.requests = 0;
    this.inFlightMax = this.inFlight;
    this.byAccountMax = Math.max(0, ...this.byAccount.values());
    this.bytes = 0;
    this.byStatus = {};
    this.log = [];
    this.dropped = 0;
  }

  /** As the control plane shows it. */
  report(withLog: boolean): Record<string, unknown> {
    return {
      requests: this.requests,
      by_status: this.byStatus,
      in_flight: this.inFlight,
      in_flight_max: this.inFlightMax,
      in_flight_per_account_max: this.byAccountMax,
      body_bytes: this.bytes,
      ...(withLog ? { log: this.log, log_dropped: this.dropped } : {}),
    };
  }
}
