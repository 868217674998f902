import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../src/domain/period.js';
import type { Reading } from '../../src/domain/reading.js';
import { Readings } from '../../src/domain/readings.js';
import type { Task } from '../../src/domain/task.js';

const startMs = Date.UTC(2026, 9, 1);
const seconds = 10_000;
const at = (second: number): string => instantOf(new Date(startMs + second * 1000));
const window = { start: at(0), end: at(seconds) };
const task: Task = { number: 7, accountSid: 'AC1', resource: 'calls', window, reason: 'test' };

const limits = { concurrency: 4, accountConcurrency: 4, undatedPages: 3 };

interface World {
  /** Seconds of the rows. */
  readonly rows: readonly number[];
  readonly pageSize: number;
  /** Whether the API lets a row exactly on the upper bound in. */
  readonly inclusive: boolean;
  readonly concurrency: number;
  /** Which of the readings gets its next page. */
  readonly turns: readonly number[];
}

interface Row {
  readonly id: number;
  readonly second: number;
}

/** Its own idea of the list: newest first, filtered as the task asks. */
function listOf({ window: asked }: Task, { rows, inclusive }: World): Row[] {
  return rows
    .map((second, id) => ({ id, second }))
    .filter(({ second }) => {
      const time = at(second);
      return asked !== undefined && time >= asked.start && (time < asked.end || (inclusive && time === asked.end));
    })
    .sort((a, b) => b.second - a.second || a.id - b.id);
}

interface Course {
  readonly reading: Reading;
  readonly list: Row[];
  read: Row[];
}

/** Reads to the end, dividing where it can, and holds each claim of completeness against the rows. */
function readAll(world: World): { ids: Set<number>; pages: number; tasks: Task[] } {
  const readings = new Readings(
    { ...limits, concurrency: world.concurrency, accountConcurrency: world.concurrency },
    7,
  );
  const ids = new Set<number>();
  const tasks = [task];
  let pages = 0;
  const begin = (begun: Task): Course => ({ reading: readings.begin(begun), list: listOf(begun, world), read: [] });
  const active = [begin(task)];
  for (let turn = 0; active.length > 0; turn += 1) {
    const course = active[(world.turns[turn % world.turns.length] ?? 0) % active.length] as Course;
    const { reading, list } = course;
    const page = list.slice(course.read.length, course.read.length + world.pageSize);
    course.read = [...course.read, ...page];
    pages += 1;
    const [first, last] = [page.at(0), page.at(-1)];
    const times = first && last && { newest: at(first.second), oldest: at(last.second) };
    const seen = reading.see(times, course.read.length >= list.length);
    for (const { id } of page) ids.add(id);
    if (seen.completeFrom !== undefined) {
      const [from, end] = [seen.completeFrom, reading.task.window?.end ?? ''];
      const claimed = list.filter(({ second }) => at(second) >= from && at(second) < end);
      const missing = claimed.filter((row) => !course.read.includes(row));
      expect(missing).toEqual([]);
    }
    if (seen.last) {
      active.splice(active.indexOf(course), 1);
      readings.end(reading);
    }
    const part = readings.divide();
    if (part !== undefined) {
      tasks.push(part);
      active.push(begin(part));
    }
  }
  return { ids, pages, tasks };
}

const worlds: fc.Arbitrary<World> = fc.record({
  // Even, crowded into few seconds, or both.
  rows: fc.oneof(
    fc.array(fc.nat(seconds - 1), { maxLength: 400 }),
    fc.array(fc.nat(5), { maxLength: 200 }),
    fc.array(fc.oneof(fc.nat(seconds - 1), fc.constant(seconds - 1), fc.integer({ min: 4000, max: 4003 })), {
      maxLength: 400,
    }),
  ),
  pageSize: fc.integer({ min: 1, max: 20 }),
  inclusive: fc.boolean(),
  concurrency: fc.integer({ min: 1, max: 12 }),
  turns: fc.array(fc.nat(11), { minLength: 1, maxLength: 30 }),
});

describe('a list that is read from its newest row down, and divided on the way', () => {
  it('loses nothing, and claims completeness only of what was read', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(readAll(world).ids.size).toBe(world.rows.length);
      }),
      { numRuns: 500 },
    );
  });

  it('costs about a page for each part', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { pages, tasks } = readAll(world);
        // A second that fills pages of its own is read by both sides of a seam.
        const crowd = Math.max(0, ...world.rows.map((one) => world.rows.filter((other) => other === one).length));
        const needed = Math.max(1, Math.ceil(world.rows.length / world.pageSize));
        expect(pages).toBeLessThanOrEqual(needed + (tasks.length - 1) * (2 + Math.ceil(crowd / world.pageSize)));
      }),
      { numRuns: 500 },
    );
  });

  it('is divided as far as there is room for, into parts that lie side by side', () => {
    const world: World = {
      rows: Array.from({ length: 5000 }, (_, index) => index * 2),
      pageSize: 10,
      inclusive: false,
      concurrency: 8,
      turns: Array.from({ length: 8 }, (_, index) => index),
    };
    const { ids, tasks, pages } = readAll(world);
    expect(ids.size).toBe(5000);
    expect(tasks.length).toBeGreaterThanOrEqual(8);
    expect(new Set(tasks.map((one) => one.number)).size).toBe(tasks.length);
    expect(pages).toBeLessThanOrEqual(500 + tasks.length);
  });

  it('is read to its end where a row is out of its order before a part was taken', () => {
    const readings = new Readings(limits, 1);
    const reading = readings.begin(task);
    expect(reading.see({ newest: at(9900), oldest: at(9000) }, false)).toEqual({ last: false, completeFrom: at(9001) });
    reading.see({ newest: at(9950), oldest: at(8000) }, false);
    expect(readings.divide()).toBeUndefined();
    expect(reading.see({ newest: at(7000), oldest: at(0) }, true)).toEqual({ last: true, completeFrom: window.start });
  });

  it('begins again, to the end of the list, where the disorder shows after it had ended at a part', () => {
    const readings = new Readings(limits, 1);
    const reading = readings.begin(task);
    reading.see({ newest: at(9900), oldest: at(9000) }, false);
    const part = readings.divide();
    expect(part?.window).toEqual({ start: at(0), end: at(4500) });
    expect(reading.see({ newest: at(9000), oldest: at(4499) }, false)).toEqual({ last: true, completeFrom: at(4500) });
    reading.disorder();
    expect(reading.cutInDisorder).toBe(true);
    reading.restart();
    expect(reading.window).toEqual(window);
    reading.see({ newest: at(9900), oldest: at(9000) }, false);
    expect(readings.divide()).toBeUndefined();
    expect(reading.see({ newest: at(9000), oldest: at(100) }, false).last).toBe(false);
  });

  it('regression: is complete down to its filter’s start where it ends in disorder after a part was handed over', () => {
    const reading = new Readings(limits, 1).begin(task);
    reading.see({ newest: at(9900), oldest: at(9000) }, false);
    expect(reading.divide()).toBeDefined();
    expect(reading.see({ newest: at(9000), oldest: at(8000) }, true)).toEqual({
      last: true,
      completeFrom: window.start,
    });
    reading.disorder();
    expect(reading.cutInDisorder).toBe(false);
  });

  it('can be divided before its first page where it is a part: the density of the whole is known', () => {
    const readings = new Readings(limits, 1);
    readings.begin(task).see({ newest: at(9999), oldest: at(9900) }, false);
    const part = readings.divide();
    readings.begin(part as Task);
    // The reading has as much left, and comes first; then the part, of which nothing was read yet.
    expect(readings.divide()?.window).toEqual({ start: at(4950), end: at(7425) });
    expect(readings.divide()?.window).toEqual({ start: at(0), end: at(2475) });
  });

  it('is not divided below what is worth a task, nor beyond the room of its account', () => {
    const few = new Readings(limits, 1);
    few.begin(task).see({ newest: at(9999), oldest: at(3000) }, false);
    expect(few.divide()).toBeUndefined();
    const narrow = new Readings({ ...limits, accountConcurrency: 1 }, 1);
    narrow.begin(task).see({ newest: at(9999), oldest: at(9990) }, false);
    expect(narrow.divide()).toBeUndefined();
  });
});

describe('a list without date filter, read for records without a date', () => {
  const day = 86_400;
  const undated: Task = { ...task, resource: 'undated_messages' };
  const begin = (): Reading => new Readings(limits, 1).begin(undated);

  it('is complete where the list ends', () => {
    expect(begin().see({ newest: at(9900), oldest: at(9000) }, true)).toEqual({
      last: true,
      completeFrom: window.start,
    });
    expect(begin().see(undefined, true)).toEqual({ last: true, completeFrom: window.start });
  });

  it('is complete where a page begins and ends more than a day before the window, whatever the order', () => {
    for (const [newest, oldest] of [
      [-day - 1, -2 * day],
      [-2 * day, -day - 1],
    ] as const) {
      expect(begin().see({ newest: at(newest), oldest: at(oldest) }, false)).toEqual({
        last: true,
        completeFrom: window.start,
      });
    }
  });

  it.each([
    ['both in the window', 9000, 8000],
    ['one of them old, such as a message that was scheduled long ago', 9000, -40 * day],
    ['the first of them old', -40 * day, 9000],
    ['a day before', -day, -day],
  ])('goes on where the first and the last row are %s', (_, newest, oldest) => {
    expect(begin().see({ newest: at(newest), oldest: at(oldest) }, false)).toEqual({
      last: false,
      completeFrom: undefined,
    });
  });

  it('ends after as many pages as may be, and says since when it was read', () => {
    const reading = begin();
    const later = { ...undated, window: { start: at(-30 * day), end: at(seconds) } };
    const long = new Readings(limits, 1).begin(later);
    for (const one of [reading, long]) {
      one.see({ newest: at(9000), oldest: at(8000) }, false);
      one.see(undefined, false);
    }
    const from = at(-10 * day);
    expect(long.see({ newest: at(-11 * day), oldest: at(-12 * day) }, false)).toEqual({
      last: true,
      completeFrom: from,
    });
    expect(long.searchedFrom).toBe(from);
    // Not even the window's end was reached.
    expect(reading.see({ newest: at(9000), oldest: at(8000) }, false)).toEqual({
      last: true,
      completeFrom: window.end,
    });
    reading.restart();
    expect(reading.searchedFrom).toBeUndefined();
  });

  it('is not divided: no filter would keep a part to itself', () => {
    const readings = new Readings(limits, 1);
    readings.begin(undated).see({ newest: at(9999), oldest: at(9990) }, false);
    expect(readings.divide()).toBeUndefined();
  });
});
