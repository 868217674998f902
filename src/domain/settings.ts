/** Everything that a configuration file may set. Secrets too: such a file must be readable by its owner only. */
export const settingNames = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_API_KEY',
  'TWILIO_API_SECRET',
  'SUBLEDGER_CREDENTIALS',
  'TWILIO_REGION',
  'TWILIO_EDGE',
  'SUBLEDGER_API_BASE_URL',
  'SUBLEDGER_DATA_DIR',
  'SUBLEDGER_OUTPUT_DIR',
  'SUBLEDGER_CUSTOMERS',
  'SUBLEDGER_PHONE_NUMBERS',
  'SUBLEDGER_CONCURRENCY',
  'SUBLEDGER_HEAD_ROOM',
  'SUBLEDGER_TOLERANCE',
  'SUBLEDGER_INVOICE',
  'SUBLEDGER_RATES',
  'SUBLEDGER_QUERIES',
  'SUBLEDGER_JOURNAL_ACCOUNTS',
] as const;

export const secretNames: readonly string[] = ['TWILIO_AUTH_TOKEN', 'TWILIO_API_SECRET'];

export type SettingName = (typeof settingNames)[number];
