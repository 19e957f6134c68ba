import { describe, expect, it } from 'vitest';
import { FairLine } from '../../src/studio/fair-line.ts';
import { fairQueue } from '../../src/studio/fair-queue.ts';
import fc from '../helpers/fast-check.ts';

interface Taken {
  readonly id: string;
  readonly person: string;
  readonly sequence: number;
}

/** Somebody asks, something waiting is withdrawn, or the next is taken. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.record({ asks: fc.constantFrom('ada', 'bo', 'cy', 'di') }) },
  { weight: 1, arbitrary: fc.record({ withdraws: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.constant('next' as const) },
);

function play(happenings: readonly fc.Arbitrary<unknown>[] | readonly unknown[]): {
  taken: Taken[];
  withdrawn: string[];
  /** Who waited, with the first of theirs, just before each was taken. */
  before: ReadonlyMap<string, number>[];
} {
  const line = new FairLine<null>();
  const [taken, withdrawn, before]: [Taken[], string[], Map<string, number>[]] = [[], [], []];
  let sequence = 0;
  const take = (): boolean => {
    const waiting = line.list();
    const firsts = new Map(waiting.toReversed().map((entry) => [entry.person, entry.sequence]));
    const next = line.next();
    expect(next?.id).toBe(waiting[0]?.id);
    if (!next) return false;
    before.push(firsts);
    taken.push(next);
    return true;
  };
  for (const what of happenings as (typeof happening extends fc.Arbitrary<infer T> ? T : never)[]) {
    if (what === 'next') take();
    else if ('asks' in what) {
      sequence += 1;
      line.add({ id: String(sequence), person: what.asks, sequence, item: null });
    } else {
      const chosen = line.list()[what.withdraws];
      if (chosen && line.remove(chosen.id)) withdrawn.push(chosen.id);
    }
  }
  while (take());
  expect(taken.length + withdrawn.length).toBe(sequence);
  return { taken, withdrawn, before };
}

describe('the fair line', () => {
  it('takes everything once, except what was withdrawn', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const { taken, withdrawn } = play(happenings);
        expect(new Set([...taken.map(({ id }) => id), ...withdrawn]).size).toBe(
          taken.length + withdrawn.length,
        );
      }),
    );
  });

  it('takes each person’s in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const last = new Map<string, number>();
        for (const { person, sequence } of play(happenings).taken) {
          expect(sequence).toBeGreaterThan(last.get(person) ?? 0);
          last.set(person, sequence);
        }
      }),
    );
  });

  it('lets nobody pass somebody who waits more than twice', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80 }), (happenings) => {
        const { taken, before } = play(happenings);
        // person who waits → person served meanwhile → times
        const passed = new Map<string, Map<string, number>>();
        taken.forEach(({ person }, index) => {
          passed.delete(person);
          for (const waiting of before[index]!.keys()) {
            if (waiting === person) continue;
            const by = passed.get(waiting) ?? new Map<string, number>();
            passed.set(waiting, by.set(person, (by.get(person) ?? 0) + 1));
            expect(by.get(person)).toBeLessThanOrEqual(2);
          }
        });
      }),
    );
  });

  it('puts somebody with one order before the second of somebody with fifty', () => {
    const line = new FairLine<null>();
    const ask = (person: string, sequence: number): void => {
      line.add({ id: `${person}${sequence}`, person, sequence, item: null });
    };
    for (let sequence = 1; sequence <= 50; sequence++) ask('ada', sequence);
    expect(line.next()?.id).toBe('ada1');
    ask('bo', 51);
    ask('cy', 52);
    const order = line.list().map(({ id }) => id);
    expect(order.slice(0, 4)).toEqual(['bo51', 'cy52', 'ada2', 'ada3']);
  });

  it('does not forget who was just served', () => {
    const line = new FairLine<null>();
    line.add({ id: 'a1', person: 'ada', sequence: 1, item: null });
    line.next();
    line.add({ id: 'a2', person: 'ada', sequence: 2, item: null });
    line.add({ id: 'b3', person: 'bo', sequence: 3, item: null });
    expect(line.list().map(({ id }) => id)).toEqual(['b3', 'a2']);
  });

  it('lets no stream of new people starve somebody', () => {
    const line = new FairLine<null>();
    const taken: string[] = [];
    for (let sequence = 1; sequence <= 3; sequence++) {
      line.add({ id: `ada${sequence}`, person: 'ada', sequence, item: null });
    }
    for (let sequence = 4; sequence < 30; sequence++) {
      taken.push(line.next()!.id);
      line.add({ id: `new${sequence}`, person: `new${sequence}`, sequence, item: null });
    }
    expect(taken.slice(0, 6)).toEqual(['ada1', 'new4', 'ada2', 'new5', 'new6', 'ada3']);
  });

  it('puts back in its place what came earlier', () => {
    const line = new FairLine<null>();
    line.add({ id: 'late', person: 'ada', sequence: 7, item: null });
    line.add({ id: 'early', person: 'ada', sequence: 3, item: null });
    expect(line.list().map(({ id }) => id)).toEqual(['early', 'late']);
  });
});

describe('the fair queue', () => {
  it('runs as many at once as it may, in fair order, once started', async () => {
    const queue = fairQueue(2);
    const log: string[] = [];
    let [running, most] = [0, 0];
    const add = (id: string, person: string, sequence: number): Promise<void> =>
      new Promise((resolve) => {
        queue.add({ id, person, sequence }, async () => {
          log.push(id);
          most = Math.max(most, (running += 1));
          await new Promise(setImmediate);
          running -= 1;
          resolve();
        });
      });
    const done = [
      add('a1', 'ada', 1),
      add('a2', 'ada', 2),
      add('a3', 'ada', 3),
      add('b1', 'bo', 4),
    ];
    void add('gone', 'cy', 5);
    expect(queue.remove('gone')).toBe(true);
    expect(queue.remove('gone')).toBe(false);
    expect(log).toEqual([]);
    expect(queue.waiting()).toEqual(['a1', 'b1', 'a2', 'a3']);
    queue.start();
    await Promise.all(done);
    await queue.settled();
    expect([log, most]).toEqual([['a1', 'b1', 'a2', 'a3'], 2]);
  });
});
