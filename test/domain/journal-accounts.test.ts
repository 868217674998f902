import { describe, expect, it } from 'vitest';
import { readCsvText } from '../../src/adapters/csv.js';
import { everyJournalAccount, type JournalAccount, parseJournalAccounts } from '../../src/domain/journal-accounts.js';

function parse(...lines: string[]): { accounts: JournalAccount[]; problems: string[] } {
  const problems: string[] = [];
  return { accounts: parseJournalAccounts(readCsvText(lines.join('\n')).records, problems), problems };
}

describe('journal_accounts.csv', () => {
  it('names accounts by role, in any order, whatever the case of the role', () => {
    expect(parse('account,role', '5010 Telephony,Calls', 'Accruals:Twilio, liability ')).toEqual({
      accounts: [
        { role: 'calls', account: '5010 Telephony' },
        { role: 'liability', account: 'Accruals:Twilio' },
      ],
      problems: [],
    });
  });

  it('may book two costs on one account', () => {
    expect(parse('role,account', 'calls,5000', 'messages,5000', 'other,5000').problems).toEqual([]);
  });

  it.each([
    [['role,account'], 'no account follows the header; remove the file to keep the default names'],
    [['role,name', 'calls,5000'], 'line 1: the columns must be role,account'],
    [['role,account,extra', 'calls,5000,'], 'line 1: the columns must be role,account'],
    [[''], 'line 1: the columns must be role,account'],
    [['role,account', 'calls'], 'line 2: has 1 fields, the header 2'],
    [['role,account', 'voice,5000'], 'line 2: role "voice" is none of calls, messages, other, liability'],
    [['role,account', 'calls, '], 'line 2: account is empty'],
    [['role,account', 'calls,1', '', 'calls,2'], 'line 4: role calls stands already on line 2'],
    [
      ['role,account', 'liability,2100', 'other,2100'],
      'line 3: other and the liability would both be booked on "2100"; name two accounts',
    ],
    [
      ['role,account', 'liability,Cost of calls'],
      'line 2: calls and the liability would both be booked on "Cost of calls"; name two accounts',
    ],
  ])('%j is refused', (lines, problem) => {
    expect(parse(...lines).problems).toContain(problem);
  });

  it('tells every problem at once', () => {
    expect(parse('role,account', 'voice,1', 'calls,').problems).toHaveLength(2);
  });
});

describe('accounts of the journal', () => {
  it('are one for each role, with a default where none is named', () => {
    expect(everyJournalAccount([{ role: 'other', account: '5030' }])).toEqual([
      { role: 'calls', account: 'Cost of calls' },
      { role: 'messages', account: 'Cost of messages' },
      { role: 'other', account: '5030' },
      { role: 'liability', account: 'Accrued liability to Twilio' },
    ]);
  });
});
