import { describe, expect, it } from 'vitest';
import { openApiExamples, validateRequest, validateResponse } from '../support/openapi.js';

const CALLS = '/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Calls.json';

describe("Twilio's OpenAPI document as a judge", () => {
  it('has example answers for every list that is read', async () => {
    const examples = await openApiExamples();
    const ids = new Set(examples.map((example) => example.operationId));
    for (const id of [
      'ListAccount',
      'FetchAccount',
      'ListCall',
      'ListMessage',
      'ListUsageRecord',
      'ListUsageRecordDaily',
    ]) {
      expect(ids).toContain(id);
    }
    const calls = examples.find((example) => example.operationId === 'ListCall' && example.name === 'readFullPage1');
    expect(calls?.query).toMatchObject({ Status: 'completed', StartTime: '2008-01-02' });
    expect(calls?.value.calls).toHaveLength(2);
  });

  it("passes the document's own examples but for what is known of them", async () => {
    const problems: string[] = [];
    for (const { path, name, value } of await openApiExamples()) {
      const url = path.replaceAll(/\{\w+\}/g, 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
      for (const problem of await validateResponse('GET', url, 200, value)) problems.push(`${path} ${name} ${problem}`);
    }
    // A call SID of 33 characters stands in one of them; nothing else may be found.
    expect(problems.filter((problem) => !/\/calls\/\d+\/(sid|parent_call_sid|uri)/.test(problem))).toEqual([]);
  });

  it('finds an unknown parameter, a sign on the wrong side, a value that is not allowed', async () => {
    expect(
      await validateRequest('GET', `${CALLS}?StartTime%3E=2026-09-01&StartTime%3C=2026-09-02&PageSize=1000`),
    ).toEqual([]);
    expect(await validateRequest('GET', `${CALLS}?StartTime%3E=2026-09-01T00:00:00Z`)).toEqual([]);
    expect(await validateRequest('GET', `${CALLS}?StartTime%3E%3D=2026-09-01`)).not.toEqual([]);
    expect(await validateRequest('GET', `${CALLS}?PageSize=1001`)).not.toEqual([]);
    expect(await validateRequest('GET', `${CALLS}?Status=done`)).not.toEqual([]);
    expect(await validateRequest('GET', CALLS.replace('ACa', 'ACx'))).not.toEqual([]);
    expect(await validateRequest('GET', '/2010-04-01/Accounts/x/Nothing.json')).not.toEqual([]);
  });

  it('finds a field that is missing, one too many, one of another type', async () => {
    const [example] = (await openApiExamples()).filter((one) => one.operationId === 'ListMessage');
    const [message] = (example?.value.messages ?? []) as Record<string, unknown>[];
    const page = (row: unknown): unknown => ({ ...example?.value, messages: [row] });
    const url = CALLS.replace('Calls', 'Messages');
    expect(await validateResponse('GET', url, 200, page(message))).toEqual([]);
    expect(await validateResponse('GET', url, 200, page({ ...message, more: 1 }))).not.toEqual([]);
    expect(await validateResponse('GET', url, 200, page({ ...message, price: 0.1 }))).not.toEqual([]);
    expect(await validateResponse('GET', url, 200, page({ ...message, date_sent: '2026-09-01' }))).not.toEqual([]);
    expect(await validateResponse('GET', url, 200, page({ ...message, price: undefined }))).not.toEqual([]);
  });
});
