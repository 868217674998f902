import { describe, expect, it } from 'vitest';
import { roomFor } from '../../src/domain/report-room.js';

describe('room for reports', () => {
  it.each([
    [0, 31, 192, undefined],
    [1, 36_525, 192, undefined],
    [1290, 31, 192, undefined],
    [1291, 31, 192, 1],
    [5000, 31, 192, 1],
    [10_000, 31, 384, 1],
    [10_000, 36_525, 4096, 1],
  ])('%i accounts on %i days: %i MB', (accounts, days, memoryMb, threads) => {
    expect(roomFor(accounts, days, 100_000)).toMatchObject({ memoryMb, threads });
  });

  it('has one thread for few records', () => {
    expect(roomFor(1, 31, 99_999)).toMatchObject({ memoryMb: 192, threads: 1 });
  });

  it.each([
    [0, 10_000],
    [322, 31],
    [5000, 2],
    [100_000, 1],
  ])('%i accounts: %i days at once', (accounts, pieceDays) => {
    expect(roomFor(accounts, 31, 100_000)).toMatchObject({ pieceDays });
  });
});
