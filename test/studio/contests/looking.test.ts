/** Whoever says that there is something to look at is heard, at whichever moment that is. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/kit/log.ts';
import { Announcer } from '../../../src/studio/contests/announcer.ts';
import type { Book } from '../../../src/studio/contests/book.ts';
import { Scheduler } from '../../../src/studio/contests/scheduler.ts';
import { TestClock } from '../../helpers/contests.ts';

/** More turns of the line of promises than a look takes. */
const TURNS = 60;

/** A book without contests, that counts how often it is looked into; it can be made to fail. */
class EmptyBook {
  looks = 0;
  failing = false;

  now(): number {
    return 0;
  }

  get tables(): object {
    const query: Record<string, unknown> = {
      execute: () => {
        this.looks += 1;
        return this.failing ? Promise.reject(new Error('disk I/O error')) : Promise.resolve([]);
      },
      executeTakeFirst: () => Promise.resolve(undefined),
      executeTakeFirstOrThrow: () => Promise.resolve({ at: null }),
    };
    for (const name of ['selectFrom', 'select', 'where', 'orderBy', 'limit']) {
      query[name] = () => query;
    }
    return query;
  }
}

function partsOn(book: EmptyBook, clock = new TestClock()) {
  return { book: book as unknown as Book, clock, log: silentLog };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

describe.each([
  {
    name: 'announcements',
    begun: async (book: EmptyBook) => {
      const announcer = new Announcer(partsOn(book));
      await announcer.begin(() => Promise.resolve());
      return announcer;
    },
  },
  {
    name: 'windows',
    begun: async (book: EmptyBook) => {
      const scheduler = new Scheduler(partsOn(book));
      await scheduler.begin();
      return scheduler;
    },
  },
])('$name', ({ begun }) => {
  it('are looked up after every word that they are due', async () => {
    for (let later = 0; later < TURNS; later++) {
      const book = new EmptyBook();
      const looking = await begun(book);
      looking.look();
      await turns(later);
      const before = book.looks;
      looking.look();
      await setImmediate();
      expect(book.looks, `${later} turns later`).toBeGreaterThan(before);
      await looking.stop();
    }
  });
});

describe('announcements', () => {
  it('that could not be looked up are looked up again, also where none was left before', async () => {
    const clock = new TestClock();
    const book = new EmptyBook();
    const announcer = new Announcer(partsOn(book, clock));
    await announcer.begin(() => Promise.resolve());
    expect(clock.next()).toBeUndefined();
    announcer.look();
    // A second word while the first look, which finds nothing, is under way.
    announcer.look();
    await turns(1);
    book.failing = true;
    await setImmediate();
    expect(clock.next()).toBeDefined();
    await announcer.stop();
  });
});
