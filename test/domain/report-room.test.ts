import { describe, expect, it } from 'vitest';
import { roomFor } from '../../src/domain/report-room.js';

describe('room for reports', () => {
  it.each([
    [0, 31, 192, undefined],
    [1, 36_525, 192, undefined],
    [1290, 31, 192, undefined],
    [1291, 31, 512, 1],
    [5000, 31, 512, 1],
    [10_000, 31, 1024, 1],
    [10_000, 36_525, 4096, 1],
  ])('%i accounts on %i days: %i MB', (accounts, days, memoryMb, threads) => {
    expect(roomFor(accounts, days, 100_000)).toEqual({ memoryMb, threads });
  });

  it('has one thread for few records', () => {
    expect(roomFor(1, 31, 99_999)).toEqual({ memoryMb: 192, threads: 1 });
  });
});
