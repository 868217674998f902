/**
 * `Twilio-Concurrent-Requests`: how many requests were in flight when this one came, it included. Undefined where an answer
 * does not say it, or says something odd.
 */
export function concurrentRequestsOf(headers: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = headers['twilio-concurrent-requests']?.trim() ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
