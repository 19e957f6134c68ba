/** The rules, without any database: thousands of contests made up by a seed. */
import { describe, expect, it } from 'vitest';
import { DreamError } from '../../../src/kit/errors.ts';
import type {
  Actor,
  Ballot,
  Contest,
  ContestCommand,
} from '../../../src/studio/contests/contest.ts';
import { apply, decide, overdue, standing } from '../../../src/studio/contests/rules.ts';
import { contestSettingsSchema } from '../../../src/studio/contests/settings.ts';
import type { ContestSettingsInput } from '../../../src/studio/contests/settings.ts';
import { castBallot, NO_DUELS } from '../../../src/studio/contests/votes.ts';
import { actor, admin, DAY, home, order, orderId, START, windows } from '../../helpers/contests.ts';
import fc from '../../helpers/fast-check.ts';
import { dreamOf } from '../../../src/studio/contests/limits.ts';

function started(settings: Partial<ContestSettingsInput> = {}): Contest {
  return apply(null, {
    ...{ type: 'started', id: 'contest', at: START, by: admin, place: home, theme: 'Clouds' },
    settings: contestSettingsSchema.parse({ ...windows, ...settings }),
  });
}

function dreamBy(person: string, number: number): Extract<ContestCommand, { do: 'submit' }> {
  return { do: 'submit', dream: dreamOf(order(orderId(number), person), actor(person)) };
}

/** As the service does it: up to date first. */
function after(contest: Contest, who: Actor, command: ContestCommand, now = START): Contest {
  const current = overdue(contest, now).reduce(apply, contest);
  return decide(current, who, command, now).reduce(apply, current);
}

function withEntries(people: readonly string[], settings: Partial<ContestSettingsInput> = {}) {
  return people.reduce(
    (contest, person, index) => after(contest, actor(person), dreamBy(person, index)),
    started(settings),
  );
}

const code = (run: () => unknown): string => {
  try {
    run();
    return 'done';
  } catch (error) {
    if (error instanceof DreamError) return error.code;
    throw error;
  }
};

describe('a contest', () => {
  it('goes from submissions to votes to its end by the clock', () => {
    const contest = withEntries(['ada']);
    const { submissionEndsAt, votingEndsAt } = windows;
    expect(overdue(contest, submissionEndsAt - 1)).toEqual([]);
    expect(overdue(contest, submissionEndsAt)).toEqual([
      { type: 'voting-opened', at: submissionEndsAt },
    ]);
    // However late somebody looks, it happened when it was due.
    expect(overdue(contest, votingEndsAt + 100 * DAY)).toEqual([
      { type: 'voting-opened', at: submissionEndsAt },
      { type: 'closed', at: votingEndsAt },
    ]);
  });

  it('is over without a vote where nobody has entered', () => {
    const { submissionEndsAt } = windows;
    expect(overdue(started(), submissionEndsAt)).toEqual([
      { type: 'closed', at: submissionEndsAt },
    ]);
  });

  it('takes entries until the last moment, and not at it', () => {
    const { submissionEndsAt } = windows;
    const enter = (now: number) => () => after(started(), actor('ada'), dreamBy('ada', 1), now);
    expect(enter(submissionEndsAt - 1)().entries).toHaveLength(1);
    expect(code(enter(submissionEndsAt))).toBe('wrong-phase');
  });

  it('takes the same dream once, and so many of a person', () => {
    const contest = withEntries(['ada']);
    expect(decide(contest, actor('ada'), dreamBy('ada', 0), START)).toEqual([]);
    expect(code(() => after(contest, actor('ada'), dreamBy('ada', 1)))).toBe('not-allowed');
    const withdrawn = after(contest, actor('ada'), { do: 'withdraw', entry: 1 });
    expect(after(withdrawn, actor('ada'), dreamBy('ada', 0)).entries).toMatchObject([
      { number: 1, state: 'withdrawn' },
      { number: 2, state: 'approved' },
    ]);
  });

  it('has room for others where somebody enters and withdraws for ever', () => {
    let contest = started();
    const enter = () => after(contest, actor('eve'), dreamBy('eve', 0));
    for (let round = 0; round < 20; round++) {
      contest = after(enter(), actor('eve'), { do: 'withdraw', entry: round + 1 });
    }
    expect(code(enter)).toBe('not-allowed');
    expect(code(() => after(contest, actor('ada'), dreamBy('ada', 1)))).toBe('done');
  });

  it('takes layers however they are spelled', () => {
    expect(code(() => withEntries(['ada'], { layers: ['MIXED4'] }))).toBe('done');
  });

  it('does not take a dream again that was rejected', () => {
    const contest = after(withEntries(['ada']), admin, { do: 'reject', entry: 1, reason: 'no' });
    expect(contest.entries[0]).toMatchObject({ state: 'rejected', reason: 'no' });
    expect(code(() => after(contest, actor('ada'), dreamBy('ada', 0)))).toBe('not-allowed');
    const approved = after(contest, admin, { do: 'approve', entry: 1 });
    expect(approved.entries[0]).not.toHaveProperty('reason');
  });

  it('lets entries wait for approval', () => {
    const contest = withEntries(['ada', 'bob'], { moderated: true });
    expect(standing(contest)).toEqual([]);
    const approved = after(contest, admin, { do: 'approve', entry: 2 });
    expect(standing(approved).map(({ number }) => number)).toEqual([2]);
  });

  it('takes only layers and models that it names', () => {
    const enter = (settings: Partial<ContestSettingsInput>) =>
      code(() => withEntries(['ada'], settings));
    expect(enter({ layers: ['mixed4', 'mixed5'] })).toBe('done');
    expect(enter({ layers: ['mixed3'] })).toBe('not-allowed');
    expect(enter({ models: ['inception_v3'] })).toBe('done');
    expect(enter({ models: ['mobilenet_v2'] })).toBe('not-allowed');
  });
});

describe('rights', () => {
  const runner = actor('rik', { roles: ['jury'] });
  const elsewhere = actor('root', { admin: true, place: { ...home, server: 'other' } });
  const contest = withEntries(['ada'], { runners: ['jury'], moderated: true });
  const commands: readonly ContestCommand[] = [
    { do: 'approve', entry: 1 },
    { do: 'reject', entry: 1, reason: 'no' },
    { do: 'close', window: 'submission' },
    { do: 'cancel', reason: 'no' },
    { do: 'reschedule', votingEndsAt: windows.votingEndsAt + DAY },
  ];

  it.each(commands)('let admins and runners $do, and nobody else', (command) => {
    expect(code(() => after(contest, admin, command))).toBe('done');
    expect(code(() => after(contest, runner, command))).toBe('done');
    expect(code(() => after(contest, actor('ada'), command))).toBe('not-allowed');
    expect(code(() => after(contest, actor('eve', { roles: ['fans'] }), command))).toBe(
      'not-allowed',
    );
    expect(code(() => after(contest, elsewhere, command))).toBe('unknown-contest');
  });

  it('let nobody but its author withdraw an entry', () => {
    const command = { do: 'withdraw', entry: 1 } as const;
    expect(code(() => after(contest, admin, command))).toBe('not-allowed');
    expect(code(() => after(contest, actor('ada'), command))).toBe('done');
  });

  it('leave admins where the role is gone', () => {
    const close = { do: 'close', window: 'submission' } as const;
    expect(code(() => after(contest, actor('rik'), close))).toBe('not-allowed');
    expect(code(() => after(contest, admin, close))).toBe('done');
  });

  it('close a window once, however many ask', () => {
    const close = { do: 'close', window: 'submission' } as const;
    const closed = after(contest, admin, close);
    expect(closed.phase).toBe('voting');
    expect(code(() => after(closed, admin, close))).toBe('wrong-phase');
  });
});

describe('a vote', () => {
  const voting = (settings: Partial<ContestSettingsInput> = {}): Contest =>
    after(withEntries(['ada', 'bob', 'cy'], settings), admin, {
      do: 'close',
      window: 'submission',
    });
  const cast = (contest: Contest, who: Actor, entries: readonly number[], now = START) =>
    castBallot(contest, who, { voting: 'approval', entries }, NO_DUELS, now);

  it('is not for one’s own dream, an unknown one, or one twice', () => {
    expect(code(() => cast(voting(), actor('ada'), [1]))).toBe('not-allowed');
    expect(code(() => cast(voting(), actor('ada'), [4]))).toBe('unknown-entry');
    expect(code(() => cast(voting(), actor('ada'), [0]))).toBe('unknown-entry');
    expect(code(() => cast(voting(), actor('ada'), [2, 2]))).toBe('not-allowed');
    expect(cast(voting(), actor('ada'), [3, 2])).toEqual({
      voter: 'ada',
      pair: '',
      choice: [2, 3],
    });
  });

  it('names no more than so many', () => {
    expect(code(() => cast(voting({ votesPerPerson: 1 }), actor('dan'), [1, 2]))).toBe(
      'not-allowed',
    );
  });

  it('is for the way in which the contest is voted on', () => {
    expect(code(() => cast(voting({ voting: 'ranked' }), actor('dan'), [1]))).toBe('not-allowed');
  });

  it('is for accounts and members that are old enough', () => {
    const old = voting({ minimumAccountAgeDays: 30, minimumMemberDays: 2 });
    const since = (account?: number, member?: number): Actor =>
      actor('dan', {
        ...(account === undefined ? {} : { accountCreatedAt: START - account * DAY }),
        ...(member === undefined ? {} : { joinedAt: START - member * DAY }),
      });
    expect(code(() => cast(old, since(30, 2), [1]))).toBe('done');
    expect(code(() => cast(old, since(29, 2), [1]))).toBe('not-allowed');
    expect(code(() => cast(old, since(30, 1), [1]))).toBe('not-allowed');
    // Where the platform does not tell, nobody can pretend.
    expect(code(() => cast(old, since(30), [1]))).toBe('not-allowed');
    expect(code(() => cast(old, since(undefined, 2), [1]))).toBe('not-allowed');
  });

  it('in duels is for the pair that was shown, or one decided before', () => {
    const contest = voting({ voting: 'duels' });
    const duel = (pair: [number, number], decided: string[], offered: string | null) =>
      code(() => {
        const vote = { voting: 'duels', pair, winner: pair[0] } as const;
        castBallot(contest, actor('dan'), vote, { decided: new Set(decided), offered }, START);
      });
    expect(duel([2, 1], [], '1-2')).toBe('done');
    expect(duel([1, 3], [], '1-2')).toBe('not-allowed');
    expect(duel([1, 3], ['1-3'], '1-2')).toBe('done');
    expect(duel([1, 3], [], null)).toBe('not-allowed');
  });
});

describe('whatever people do', () => {
  const people = ['ada', 'bob', 'cy', 'dan', 'eve'];
  const person = fc.constantFrom(...people);
  const number = fc.integer({ min: 0, max: 8 });
  type Step =
    | { readonly who: string; readonly command: ContestCommand }
    | { readonly who: string; readonly vote: readonly number[] }
    | { readonly wait: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        who: person,
        vote: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
      }),
    },
    fc.record({
      who: fc.constantFrom(...people, ...people, 'admin'),
      command: fc.oneof(
        fc.tuple(person, number).map(([by, n]) => dreamBy(by, n)),
        number.map((entry) => ({ do: 'withdraw' as const, entry })),
        number.map((entry) => ({ do: 'approve' as const, entry })),
        number.map((entry) => ({ do: 'reject' as const, entry, reason: 'no' })),
        fc.constantFrom<'submission' | 'voting'>('submission', 'voting').map((window) => ({
          ...{ do: 'close' as const, window },
        })),
        fc.constant({ do: 'cancel' as const, reason: 'no' }),
      ),
    }),
    fc.record({ wait: fc.integer({ min: 0, max: DAY }) }),
  );

  interface World {
    readonly contest: Contest;
    readonly ballots: ReadonlyMap<string, Ballot>;
    readonly now: number;
  }

  function go({ contest: before, ballots, now }: World, next: Step): World {
    if ('wait' in next) return { contest: before, ballots, now: now + next.wait };
    const contest = overdue(before, now).reduce(apply, before);
    const who = next.who === 'admin' ? admin : actor(next.who);
    try {
      if ('command' in next) {
        const { command } = next;
        const changed = decide(contest, who, command, now).reduce(apply, contest);
        return { contest: changed, ballots, now };
      }
      const vote = { voting: 'approval', entries: next.vote } as const;
      const ballot = castBallot(contest, who, vote, NO_DUELS, now);
      // The key of the table: a later one takes its place.
      const key = JSON.stringify([ballot.voter, ballot.pair]);
      return { contest, ballots: new Map([...ballots, [key, ballot]]), now };
    } catch (error) {
      if (!(error instanceof DreamError)) throw error;
      return { contest, ballots, now };
    }
  }

  it('nobody has two ballots, votes for themselves, or has too many entries', () => {
    let votes = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, isVoting) => {
        let world: World = {
          contest: withEntries(['ada', 'bob', 'cy', 'dan'], {
            ...{ entriesPerPerson: 2, moderated: !isVoting },
            votingEndsAt: START + 30 * DAY,
          }),
          ...{ ballots: new Map(), now: isVoting ? windows.submissionEndsAt : START },
        };
        for (const next of steps) {
          const { contest: before, ballots: cast } = world;
          world = go(world, next);
          const { contest, ballots } = world;
          const voters = [...ballots.values()].map(({ voter }) => voter);
          expect(new Set(voters).size).toBe(voters.length);
          if (contest.entries.length > before.entries.length) {
            const { by } = contest.entries.at(-1)!;
            const own = contest.entries.filter((entry) => entry.by.id === by.id);
            const isIn = own.filter(({ state }) => state === 'approved' || state === 'waiting');
            expect(isIn.length).toBeLessThanOrEqual(2);
          }
          for (const { voter, choice } of ballots.values()) {
            for (const entry of choice) expect(contest.entries[entry - 1]!.by.id).not.toBe(voter);
          }
          // What has ended stays as it is.
          if (before.phase === 'closed' || before.phase === 'cancelled') {
            expect(contest).toEqual(before);
            expect(ballots).toBe(cast);
          }
          votes += ballots === cast ? 0 : 1;
        }
      }),
      { numRuns: 2000 },
    );
    expect(votes).toBeGreaterThan(500);
  });

  it('a contest read from its events again is the same', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let contest = started();
        let now = START;
        const events = [];
        for (const next of steps) {
          if ('wait' in next) now += next.wait;
          if (!('command' in next)) continue;
          const due = overdue(contest, now);
          contest = due.reduce(apply, contest);
          let done: typeof due = [];
          try {
            done = decide(
              contest,
              next.who === 'admin' ? admin : actor(next.who),
              next.command,
              now,
            );
          } catch (error) {
            if (!(error instanceof DreamError)) throw error;
          }
          contest = done.reduce(apply, contest);
          events.push(...due, ...done);
        }
        const read = JSON.parse(JSON.stringify(events)) as typeof events;
        expect(read.reduce(apply, started())).toEqual(contest);
      }),
      { numRuns: 1000 },
    );
  });
});
