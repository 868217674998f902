/** What this process has used until now; its peak memory includes everything that it has ever held. */
export function used(): { readonly cpuSeconds: number; readonly peakMb: number } {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: maxRSS / 1024 };
}

/** The bench's order for this side: one JSON object as the only argument. */
export const readInput = <Input>(): Input => JSON.parse(process.argv[2] ?? '{}') as Input;

export function answer(result: unknown): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
