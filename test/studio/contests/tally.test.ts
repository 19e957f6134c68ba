/** Counting: what must hold of every order of entries, over ballots made up by a seed. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/kit/random.ts';
import { nextPair } from '../../../src/studio/contests/pairing.ts';
import { shuffled } from '../../../src/studio/contests/shuffle.ts';
import { tallies } from '../../../src/studio/contests/tally/index.ts';
import type { CountedBallot } from '../../../src/studio/contests/tally/tally.ts';
import { pairOf } from '../../../src/studio/contests/votes.ts';
import fc from '../../helpers/fast-check.ts';

const ENTRIES = [1, 2, 3, 4, 5, 6];

const subset = fc.shuffledSubarray(ENTRIES);
const approval = subset.map((choice): CountedBallot => ({
  pair: '',
  choice: [...choice].sort(),
  count: 1,
}));
const ranked = subset.map((choice): CountedBallot => ({ pair: '', choice, count: 1 }));
const duel = fc
  .tuple(
    fc.shuffledSubarray(ENTRIES, { minLength: 2, maxLength: 2 }),
    fc.integer({ min: 0, max: 4 }),
  )
  .map(([pair, tie]): CountedBallot => ({
    ...{ pair: pairOf(pair as [number, number]), count: 1 },
    choice: tie === 0 ? [] : [pair[0]!],
  }));
const kinds = { approval, ranked, duels: duel };

const order = (placed: readonly { readonly entry: number }[]): number[] =>
  placed.map(({ entry }) => entry);

describe.each(['approval', 'ranked', 'duels'] as const)('%s', (voting) => {
  const tally = tallies[voting];
  const ballots = fc.array(kinds[voting], { maxLength: 40 });

  it('gives the same result for any order of votes', () => {
    fc.assert(
      fc.property(ballots, fc.integer(), (cast, seed) => {
        expect(tally(ENTRIES, shuffled(cast, seededRandom(seed)))).toEqual(tally(ENTRIES, cast));
      }),
      { numRuns: 1500 },
    );
  });

  it('counts equal ballots together as it counts them apart', () => {
    fc.assert(
      fc.property(ballots, (cast) => {
        const twice = cast.map((ballot) => ({ ...ballot, count: 2 }));
        expect(order(tally(ENTRIES, twice))).toEqual(order(tally(ENTRIES, [...cast, ...cast])));
      }),
      { numRuns: 500 },
    );
  });

  it('places every entry once', () => {
    fc.assert(
      fc.property(ballots, (cast) => {
        expect(order(tally(ENTRIES, cast)).sort()).toEqual(ENTRIES);
      }),
    );
  });

  it('keeps to the order of entry where nobody voted', () => {
    expect(order(tally(ENTRIES, []))).toEqual(ENTRIES);
    expect(tally([], [])).toEqual([]);
  });

  it('is not moved by votes for an entry that is out', () => {
    fc.assert(
      fc.property(ballots, (cast) => {
        const left = ENTRIES.slice(0, -1);
        const without = cast
          .filter(({ pair }) => !pair.split('-').includes('6'))
          .map((ballot) => ({ ...ballot, choice: ballot.choice.filter((entry) => entry !== 6) }));
        expect(tally(left, cast)).toEqual(tally(left, without));
      }),
      { numRuns: 500 },
    );
  });

  it('never places an entry lower for one more vote for it', () => {
    fc.assert(
      fc.property(
        ballots,
        fc.constantFrom(...ENTRIES),
        fc.constantFrom(...ENTRIES),
        (cast, entry, other) => {
          fc.pre(entry !== other);
          const vote: CountedBallot =
            voting === 'duels'
              ? { pair: pairOf([entry, other]), choice: [entry], count: 1 }
              : { pair: '', choice: [entry], count: 1 };
          const before = order(tally(ENTRIES, cast)).indexOf(entry);
          expect(order(tally(ENTRIES, [...cast, vote])).indexOf(entry)).toBeLessThanOrEqual(before);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('duels', () => {
  const { duels } = tallies;

  it('are not changed by an entry that nobody has judged', () => {
    fc.assert(
      fc.property(fc.array(duel, { maxLength: 60 }), fc.constantFrom(...ENTRIES), (cast, out) => {
        const others = cast.filter(({ pair }) => !pair.split('-').includes(String(out)));
        const left = ENTRIES.filter((entry) => entry !== out);
        const all = order(duels(ENTRIES, others)).filter((entry) => entry !== out);
        expect(order(duels(left, others))).toEqual(all);
      }),
      { numRuns: 3000 },
    );
  });

  it('of two entries give the strength that can be worked out by hand', () => {
    // 9 wins of 10 and the prior: the slope 9.5 − p·10 − q is 0 at equal and opposite strengths.
    const [first] = duels(
      [1, 2],
      [
        { pair: '1-2', choice: [1], count: 9 },
        { pair: '1-2', choice: [2], count: 1 },
      ],
    );
    const strength = Math.log(first!.score / (1 - first!.score));
    const chance = 1 / (1 + Math.exp(-2 * strength));
    expect(9 - 10 * chance + 0.5 - first!.score).toBeCloseTo(0, 9);
    const [low, high] = first!.confidence!;
    expect(low).toBeLessThan(first!.score);
    expect(high).toBeGreaterThan(first!.score);
  });

  it('find strengths again that duels were drawn from, within their confidence', () => {
    const random = seededRandom(11);
    const entries = Array.from({ length: 20 }, (_, index) => index + 1);
    const truth = entries.map(() => random.normal());
    const cast = Array.from({ length: 20_000 }, (): CountedBallot => {
      const [one, other] = shuffled(entries, random) as [number, number];
      const chance = 1 / (1 + Math.exp(truth[other - 1]! - truth[one - 1]!));
      const choice = [random.uniform() < chance ? one : other];
      return { pair: pairOf([one, other]), choice, count: 1 };
    });
    const inside = duels(entries, cast).filter(({ entry, confidence }) => {
      const chance = 1 / (1 + Math.exp(-truth[entry - 1]!));
      return confidence![0] <= chance && chance <= confidence![1];
    });
    // 19 of 20 on average.
    expect(inside.length).toBeGreaterThanOrEqual(17);
  });

  it('are still counted where one entry has won them all', () => {
    const placed = duels([1, 2, 3], [{ pair: '2-3', choice: [3], count: 1_000_000 }]);
    expect(order(placed)).toEqual([3, 1, 2]);
    for (const { score } of placed) expect(score > 0 && score < 1).toBe(true);
  });
});

describe('ranks', () => {
  const { ranked: count } = tallies;

  it('agree with the example of Schulze’s paper', () => {
    // 45 voters, A … E as 1 … 5; the result is E A C B D.
    const words: [number, string][] = [
      ...([
        [5, 'ACBED'],
        [5, 'ADECB'],
        [8, 'BEDAC'],
        [3, 'CABED'],
      ] as [number, string][]),
      ...([
        [7, 'CAEBD'],
        [2, 'CBADE'],
        [7, 'DCEBA'],
        [8, 'EBADC'],
      ] as [number, string][]),
    ];
    const cast = words.map(([times, word]) => ({
      ...{
        pair: '',
        count: times,
        choice: Array.from(word, (letter) => 'ABCDE'.indexOf(letter) + 1),
      },
    }));
    expect(order(count([1, 2, 3, 4, 5], cast))).toEqual([5, 1, 3, 2, 4]);
  });

  it('of those that beat as many, put first whom more people put first', () => {
    const cast = [
      [2, 1],
      [3, 1, 2],
    ].map((choice) => ({ pair: '', choice, count: 1 }));
    // All are tied one to one.
    expect(order(count([1, 2, 3], cast))).toEqual([2, 3, 1]);
  });

  it('put first whoever beats every other', () => {
    fc.assert(
      fc.property(fc.array(ranked, { minLength: 1, maxLength: 30 }), (cast) => {
        const place = ({ choice }: CountedBallot, entry: number): number =>
          choice.includes(entry) ? choice.indexOf(entry) : ENTRIES.length;
        const beats = (one: number, other: number): boolean => {
          const sum = cast.map((ballot) => Math.sign(place(ballot, other) - place(ballot, one)));
          return sum.reduce((all, sign) => all + sign, 0) > 0;
        };
        const winner = ENTRIES.find((one) =>
          ENTRIES.every((other) => one === other || beats(one, other)),
        );
        if (winner !== undefined) expect(count(ENTRIES, cast)[0]!.entry).toBe(winner);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('pairs', () => {
  it('come once each, and every entry as often as any other', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2, max: 9 }), (voter, size) => {
        const entries = Array.from({ length: size }, (_, index) => index + 1);
        const decided = new Set<string>();
        const duels = new Map(entries.map((entry) => [entry, 0]));
        for (;;) {
          const pair = nextPair({ contest: 'c', voter, entries, decided, duels });
          if (!pair) break;
          expect(decided.has(pairOf(pair))).toBe(false);
          decided.add(pairOf(pair));
          for (const entry of pair) duels.set(entry, duels.get(entry)! + 1);
          const counts = [...duels.values()];
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
        }
        expect(decided.size).toBe((size * (size - 1)) / 2);
      }),
      { numRuns: 500 },
    );
  });

  it('differ from voter to voter', () => {
    const entries = Array.from({ length: 50 }, (_, index) => index + 1);
    const first = (voter: string): string =>
      nextPair({ contest: 'c', voter, entries, decided: new Set(), duels: new Map() })!.join('-');
    const pairs = Array.from({ length: 100 }, (_, index) => first(`voter ${index}`));
    expect(new Set(pairs).size).toBeGreaterThan(80);
    expect(first('ada')).toBe(first('ada'));
  });
});
