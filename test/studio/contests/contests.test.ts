/** Contests as people go through them, on every database. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DreamError } from '../../../src/kit/errors.ts';
import type { Vote } from '../../../src/studio/contests/contest.ts';
import {
  actor,
  admin,
  contestOf,
  DAY,
  home as place,
  openContests,
  order,
  orderId,
  START,
  windows,
} from '../../helpers/contests.ts';
import type { OpenContests } from '../../helpers/contests.ts';
import { onEveryDatabase } from '../../helpers/databases.ts';

const approve = (...entries: number[]): Vote => ({ voting: 'approval', entries });
const code = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as DreamError).code,
  );

onEveryDatabase('contests', (home) => {
  let open: OpenContests;
  beforeEach(async () => {
    open = await openContests(await home());
  });
  afterEach(() => open.close());

  const people = ['ada', 'bob', 'cy'];
  const voting = async (settings = {}): Promise<string> => {
    const id = await contestOf(open, people, settings);
    await open.contests.close(admin, id, 'submission');
    return id;
  };

  it('go from their start to their results', async () => {
    const { contests } = open;
    const id = await voting();
    await contests.vote(actor('dan'), id, approve(2, 3));
    await contests.vote(actor('eve'), id, approve(3));
    await contests.vote(actor('eve'), id, approve(2));
    await contests.vote(actor('ada'), id, approve(2));
    await contests.vote(actor('fay'), id, approve(1));
    await contests.vote(actor('fay'), id, approve());
    expect(await contests.read.ballot(actor('eve'), id)).toEqual([2]);
    expect(await contests.read.status(admin, id)).toMatchObject({ voters: 3, entries: 3 });
    await contests.close(admin, id, 'voting');
    const { placed, podium, voters } = await contests.read.results(actor('eve'), id);
    expect(voters).toBe(3);
    expect(placed.map(({ rank, score, entry }) => [rank, entry.number, score])).toEqual([
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 0],
    ]);
    expect(podium.map(({ entry }) => entry.by?.name)).toEqual(["bob's name", "cy's name"]);
  });

  it('are ranked', async () => {
    const { contests } = open;
    const id = await voting({ voting: 'ranked' });
    const rank = (who: string, ...entries: number[]) =>
      contests.vote(actor(who), id, { voting: 'ranked', entries });
    await Promise.all([rank('dan', 3, 1), rank('eve', 3, 2, 1), rank('fay', 1, 3), rank('ada', 2)]);
    await contests.close(admin, id, 'voting');
    const { placed } = await contests.read.results(admin, id);
    expect(placed.map(({ entry }) => entry.number)).toEqual([3, 1, 2]);
  });

  it('are decided by duels, of pairs that the bot chooses', async () => {
    const { contests } = open;
    const id = await voting({ voting: 'duels' });
    const judge = async (who: string, best: number): Promise<number> => {
      for (let count = 0; ; count++) {
        const duel = await contests.nextDuel(actor(who), id);
        if (!duel) return count;
        // Whoever does not decide is shown the same again.
        expect(await contests.nextDuel(actor(who), id)).toEqual(duel);
        const pair = [duel.left.number, duel.right.number] as const;
        expect(duel.left.own || duel.right.own).toBe(false);
        const winner = pair.includes(best) ? best : null;
        await contests.vote(actor(who), id, { voting: 'duels', pair, winner });
      }
    };
    expect(await judge('dan', 2)).toBe(3);
    expect(await judge('ada', 2)).toBe(1);
    expect(await judge('eve', 2)).toBe(3);
    await contests.close(admin, id, 'voting');
    const { podium, voters } = await contests.read.results(admin, id);
    expect(voters).toBe(3);
    expect(podium[0]).toMatchObject({ entry: { number: 2 }, support: 5 });
  });

  it('are started once for the same event', async () => {
    const { contests } = open;
    const wish = { event: 'slash 1', theme: 'Clouds', settings: windows };
    const [first, second] = await Promise.all([
      contests.create(admin, wish),
      contests.create(admin, wish),
    ]);
    expect(second).toEqual(first);
    expect(await contests.read.running(admin)).toHaveLength(1);
  });

  it('are started by admins, and by roles that they name', async () => {
    const { contests } = open;
    const rik = actor('rik', { roles: ['jury'] });
    const start = (event: string) =>
      contests.create(rik, { event, theme: 'Clouds', settings: windows });
    expect(await code(start('a'))).toBe('not-allowed');
    expect(await code(contests.runners.set(rik, ['jury']))).toBe('not-allowed');
    await contests.runners.set(admin, ['jury']);
    const { settings } = await start('b');
    expect(settings.runners).toEqual(['jury']);
    const elsewhere = { ...rik, place: { ...place, server: 'other' } };
    expect(
      await code(contests.create(elsewhere, { event: 'c', theme: 'x', settings: windows })),
    ).toBe('not-allowed');
  });

  it('are nobody’s business in another server', async () => {
    const { contests } = open;
    const id = await voting();
    const root = actor('root', { admin: true, place: { ...place, server: 'other' } });
    const { read } = contests;
    const tries = [
      ...[read.status(root, id), read.entries(root, id), read.results(root, id)],
      ...[read.picture(root, id, 1), read.ballot(root, id), read.exportOf(root, id, 'json')],
      ...[contests.vote(root, id, approve(1)), contests.close(root, id, 'voting')],
      ...[contests.cancel(root, id, 'no'), contests.reject(root, id, 1, 'no')],
      ...[contests.nextDuel(root, id), contests.enter(root, id, orderId(1))],
      ...[read.podium(root, id), contests.withdraw(root, id, 1), contests.approve(root, id, 1)],
    ];
    const codes = await Promise.all(tries.map((one) => code(one)));
    expect(new Set(codes)).toEqual(new Set(['unknown-contest']));
    expect(await read.running(root)).toEqual([]);
  });

  it('show no tally to anybody before the end', async () => {
    const { contests } = open;
    const id = await voting();
    await contests.vote(actor('dan'), id, approve(2));
    const { read } = contests;
    for (const who of [admin, actor('ada')]) {
      expect(await code(read.results(who, id))).toBe('wrong-phase');
      expect(await code(read.podium(who, id))).toBe('wrong-phase');
    }
    expect(await code(read.exportOf(admin, id, 'json'))).toBe('wrong-phase');
    expect(await code(read.exportOf(actor('ada'), id, 'json'))).toBe('not-allowed');
    expect(await code(read.results(null, id))).toBe('unknown-contest');
    expect(JSON.stringify(await read.status(admin, id))).not.toContain('score');
  });

  it('hide authors till the end, but not from themselves', async () => {
    const { contests } = open;
    const id = await voting();
    const authors = async (who: string) =>
      (await contests.read.entries(actor(who), id)).map(({ by }) => by?.id).filter(Boolean);
    expect(await authors('ada')).toEqual(['ada']);
    expect(await authors('dan')).toEqual([]);
    await contests.close(admin, id, 'voting');
    expect((await authors('dan')).sort()).toEqual(people);
  });

  it('show entries in another order to each', async () => {
    const many = Array.from({ length: 12 }, (_, index) => `person ${index}`);
    const id = await contestOf(open, many);
    const orderFor = async (who: string) =>
      (await open.contests.read.entries(actor(who), id)).map(({ number }) => number).join();
    expect(await orderFor('x')).toBe(await orderFor('x'));
    expect(await orderFor('x')).not.toBe(await orderFor('y'));
  });

  it('show what waits to its author and to those who run them', async () => {
    const { contests } = open;
    const id = await contestOf(open, people, { moderated: true });
    const seen = async (who = actor('dan')) => (await contests.read.entries(who, id)).length;
    expect([await seen(), await seen(actor('ada')), await seen(admin)]).toEqual([0, 1, 3]);
    expect(await code(contests.read.picture(actor('dan'), id, 1))).toBe('unknown-entry');
    expect(await code(contests.read.picture(actor('ada'), id, 1))).toBe('done');
    await contests.approve(admin, id, 1);
    expect(await code(contests.read.picture(actor('dan'), id, 1))).toBe('done');
  });

  it('take only dreams of one’s own, done, and from the same server', async () => {
    const { contests, studio } = open;
    const id = await contestOf(open, []);
    const enter = (changes: Parameters<typeof order>[2], who = 'ada') => {
      const made = studio.add(order(orderId(Math.floor(Math.random() * 1e6)), 'ada', changes));
      return code(contests.enter(actor(who), id, made));
    };
    expect(await enter({}, 'bob')).toBe('not-allowed');
    expect(await enter({ state: 'rendering' })).toBe('not-allowed');
    expect(await enter({ place: { ...place, server: 'other' } })).toBe('unknown-order');
    expect(await enter({ place: { ...place, platform: 'other' } })).toBe('unknown-order');
    const sheet = { kind: 'sheet', model: 'x', layers: [], deepLayers: false } as const;
    const { recipe } = order('x', 'x').job;
    expect(await enter({ job: { ...sheet, recipe } })).toBe('not-allowed');
    expect(await code(contests.enter(actor('ada'), id, 'notanorderid'))).toBe('unknown-order');
    expect(await enter({})).toBe('done');
  });

  it('have everybody dream on the same picture, where they say so', async () => {
    const { contests, studio } = open;
    const start = studio.add(order(orderId(1), 'admin'));
    const id = await contestOf(open, [], { start: { from: 'source', order: start } });
    const enter = (number: number, source: Parameters<typeof order>[2]) =>
      code(
        contests.enter(
          actor(`p${number}`),
          id,
          studio.add(order(orderId(number), `p${number}`, source)),
        ),
      );
    expect(await enter(2, { source: { from: 'source', order: start } })).toBe('done');
    expect(await enter(3, { source: { from: 'source', order: orderId(2) } })).toBe('done');
    expect(await enter(4, { source: { from: 'result', order: orderId(2), zoom: 1 } })).toBe('done');
    expect(await enter(5, { source: { from: 'clouds' } })).toBe('not-allowed');
    expect(await enter(6, { source: { from: 'result', order: start, zoom: 1 } })).toBe(
      'not-allowed',
    );
    // Whoever brought the picture may have dreamed on it first.
    expect(await code(contests.enter(admin, id, start))).toBe('done');
    for (const changes of [
      { requester: { id: 'ada', name: 'Ada' } },
      { state: 'failed' },
    ] as const) {
      const { result, ...made } = order(orderId(8), 'admin');
      const done = 'state' in changes ? {} : { result: result! };
      const other = studio.add({ ...made, ...done, ...changes });
      const settings = { start: { from: 'source', order: other } } as const;
      expect(await code(contestOf(open, [], settings))).toBe('not-allowed');
    }
    expect(await contests.needs(start)).toBe(true);
    expect(await contests.needs(orderId(2))).toBe(false);
  });

  it('take no dream on a dream that they would not take', async () => {
    const { contests, studio } = open;
    const id = await contestOf(open, [], { layers: ['mixed4'] });
    const { job } = order('x', 'x');
    const deep = { ...job, recipe: { ...job.recipe, layer: 'mixed5' } };
    const on = (number: number) =>
      ({ source: { from: 'result', order: orderId(number), zoom: 1 } }) as const;
    studio.add(order(orderId(1), 'ada', { job: deep as typeof job }));
    studio.add(order(orderId(2), 'ada'));
    studio.add(order(orderId(3), 'ada', on(1)));
    studio.add(order(orderId(4), 'ada', on(2)));
    expect(await code(contests.enter(actor('ada'), id, orderId(3)))).toBe('not-allowed');
    expect(await code(contests.enter(actor('ada'), id, orderId(4)))).toBe('done');
  });

  it('keep pictures of their own', async () => {
    const { contests, studio } = open;
    const id = await contestOf(open, []);
    const made = studio.add(order(orderId(7), 'ada'), Buffer.from('bytes'));
    await contests.enter(actor('ada'), id, made);
    studio.remove(made);
    for (const which of ['result', 'source'] as const) {
      const kept = await contests.read.picture(actor('dan'), id, 1, which);
      expect(Buffer.from(kept).toString()).toBe('bytes');
    }
  });

  it('draw their podium', async () => {
    const { contests, studio } = open;
    const id = await contestOf(open, []);
    for (const [index, who] of people.entries()) {
      const made = studio.add(order(orderId(50 + index), who));
      await contests.enter(actor(who), id, made, 'A title');
    }
    await contests.close(admin, id, 'submission');
    await contests.vote(actor('dan'), id, approve(1, 2, 3));
    await contests.close(admin, id, 'voting');
    const podium = await contests.read.podium(null, id);
    expect(Buffer.from(podium!).subarray(1, 4).toString()).toBe('PNG');
  });

  it('have no podium where nobody voted', async () => {
    const id = await voting();
    await open.contests.close(admin, id, 'voting');
    expect(await open.contests.read.podium(admin, id)).toBeNull();
  });

  it('are remembered, with those who won', async () => {
    const { contests } = open;
    for (const entry of [1, 1, 2]) {
      const id = await voting();
      await contests.vote(actor('dan'), id, approve(entry));
      await contests.close(admin, id, 'voting');
    }
    const cancelled = await voting();
    await contests.cancel(admin, cancelled, 'rain');
    expect(await contests.read.history(admin, 10)).toHaveLength(4);
    const hall = await contests.read.hallOfFame(actor('dan'), 10);
    expect(hall.map(({ person, medals }) => [person.id, medals])).toEqual([
      ['ada', [2, 0, 0]],
      ['bob', [1, 0, 0]],
    ]);
  });

  it('are exported, ballots without names', async () => {
    const { contests, studio } = open;
    const id = await contestOf(open, []);
    const made = studio.add(order(orderId(77), 'ada'));
    await contests.enter(actor('ada', { name: '=HYPERLINK("x")' }), id, made, 'One, "two"');
    await contests.close(admin, id, 'submission');
    await contests.vote(actor('voter-dan'), id, approve(1));
    await contests.vote(actor('voter-dan'), id, approve());
    await contests.vote(actor('voter-eve'), id, approve(1));
    await contests.close(admin, id, 'voting');
    const { text } = await contests.read.exportOf(admin, id, 'json');
    const { ballots, results } = JSON.parse(text) as {
      ballots: { voter: string; choice: number[]; at: string }[];
      results: { dream: { job: { model: string } } }[];
    };
    expect(text).not.toContain('voter-dan');
    expect(ballots.map(({ choice }) => choice)).toEqual([[1], [], [1]]);
    expect(ballots[0]!.voter).toBe(ballots[1]!.voter);
    expect(ballots[0]!.voter).not.toBe(ballots[2]!.voter);
    expect(ballots[0]!.at).toBe(new Date(START).toISOString());
    expect(results[0]!.dream.job.model).toBe('inception_v3');
    const table = await contests.read.exportOf(admin, id, 'results-csv');
    expect(table.text.split('\r\n')[1]).toContain(`"'=HYPERLINK(""x"")","One, ""two""",1,,,1,`);
    const cast = await contests.read.exportOf(admin, id, 'ballots-csv');
    expect(cast.text.trim().split('\r\n')).toHaveLength(4);
    expect(cast.text).not.toContain('voter-');
  });

  describe('forget a person', () => {
    it('while they run: entries withdrawn, votes taken out', async () => {
      const { contests } = open;
      const id = await voting();
      await contests.vote(actor('ada'), id, approve(2));
      await contests.vote(actor('dan'), id, approve(1, 3));
      await contests.forget({ platform: 'test', id: 'ada' });
      expect(await contests.read.status(admin, id)).toMatchObject({ voters: 1, entries: 2 });
      expect(await code(contests.read.picture(admin, id, 1))).toBe('unknown-entry');
      await contests.close(admin, id, 'voting');
      const { placed } = await contests.read.results(admin, id);
      expect(placed.map(({ entry, score }) => [entry.number, score])).toEqual([
        [3, 1],
        [2, 0],
      ]);
      const everything = await Promise.all(
        (['contest_events', 'contest_ballots', 'contest_ballot_log'] as const).map((table) =>
          open.database.tables.selectFrom(table).selectAll().execute(),
        ),
      );
      expect(JSON.stringify(everything)).not.toMatch(/\bada\b/);
    });

    it('after the end: the result stays, without name and picture', async () => {
      const { contests } = open;
      const id = await voting();
      await contests.vote(actor('dan'), id, approve(1));
      await contests.vote(actor('ada'), id, approve(2));
      await contests.close(admin, id, 'voting');
      const before = await contests.read.results(admin, id);
      await contests.forget({ platform: 'test', id: 'ada' });
      const { placed, podium } = await contests.read.results(admin, id);
      expect(placed.map(({ score }) => score)).toEqual(before.placed.map(({ score }) => score));
      expect(podium[0]!.entry.by?.name).toBe('');
      expect(await contests.read.hallOfFame(admin, 10)).toMatchObject([{ person: { id: 'bob' } }]);
      await expect(contests.read.picture(admin, id, 1)).rejects.toThrow(/not kept any more/);
      expect(await contests.read.podium(admin, id)).not.toBeNull();
    });
  });

  it('keeps no picture of what was withdrawn, unless it came in again', async () => {
    const { contests, studio } = open;
    const id = await contestOf(open, []);
    const dream = studio.add(order(orderId(7), 'ada'));
    const seen = (number: number) => code(contests.read.picture(actor('ada'), id, number));
    await contests.enter(actor('ada'), id, dream);
    await contests.withdraw(actor('ada'), id, 1);
    expect(await seen(1)).toBe('unknown-entry');
    await contests.enter(actor('ada'), id, dream);
    await contests.withdraw(actor('ada'), id, 1);
    expect(await seen(2)).toBe('done');
  });

  it('forgets also who was shown a duel and decided none', async () => {
    const { contests, database } = open;
    const id = await voting({ voting: 'duels' });
    expect(await contests.nextDuel(actor('dan'), id)).not.toBeNull();
    expect(await contests.nextDuel(actor('eve'), id)).not.toBeNull();
    await contests.close(admin, id, 'voting');
    await contests.forget({ platform: 'test', id: 'dan' });
    const offers = await database.tables.selectFrom('contest_offers').select('voter').execute();
    expect(offers).toEqual([{ voter: 'eve' }]);
  });

  describe('at the same moment', () => {
    it('are closed once, and no vote comes after', async () => {
      const { contests } = open;
      const id = await voting();
      const closes = Array.from({ length: 5 }, () => code(contests.close(admin, id, 'voting')));
      const votes = Array.from({ length: 50 }, (_, index) =>
        code(contests.vote(actor(`voter ${index}`), id, approve(1))),
      );
      const outcomes = await Promise.all(closes);
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
      const counted = (await Promise.all(votes)).filter((outcome) => outcome === 'done').length;
      const { voters } = await contests.read.results(admin, id);
      expect(voters).toBe(counted);
    });

    it('count every vote of before the closing second, and none of after it', async () => {
      const { contests, clock } = open;
      const id = await contestOf(open, people);
      clock.set(windows.votingEndsAt - 1);
      const early = Array.from({ length: 30 }, (_, index) =>
        code(contests.vote(actor(`early ${index}`), id, approve(1))),
      );
      const accepted = await Promise.all(early);
      clock.set(windows.votingEndsAt);
      const late = await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          code(contests.vote(actor(`late ${index}`), id, approve(2))),
        ),
      );
      expect(new Set(accepted)).toEqual(new Set(['done']));
      expect(new Set(late)).toEqual(new Set(['wrong-phase']));
      expect((await contests.read.results(admin, id)).voters).toBe(30);
    });

    it('count one ballot of a person, whatever the interleaving', async () => {
      const { contests } = open;
      const id = await voting();
      const votes = Array.from({ length: 60 }, (_, index) =>
        contests.vote(actor(`voter ${index % 3}`), id, approve(1 + (index % 3))),
      );
      await Promise.all(votes);
      await contests.close(admin, id, 'voting');
      const { voters, placed } = await contests.read.results(admin, id);
      expect(voters).toBe(3);
      expect(placed.map(({ score }) => score)).toEqual([1, 1, 1]);
    });

    it('take the same dream once', async () => {
      const { contests, studio } = open;
      const id = await contestOf(open, []);
      const made = studio.add(order(orderId(9), 'ada'));
      const entries = await Promise.all(
        Array.from({ length: 5 }, () => contests.enter(actor('ada'), id, made)),
      );
      expect(entries.map(({ number }) => number)).toEqual([1, 1, 1, 1, 1]);
      expect(await contests.read.entries(actor('dan'), id)).toHaveLength(1);
    });
  });

  it('refuse words that are none, dates that are over, and too many contests', async () => {
    const { contests } = open;
    const create = (event: string, theme: string, settings = {}) =>
      code(contests.create(admin, { event, theme, settings: { ...windows, ...settings } }));
    expect(await create('a', ' \u202e\n ')).toBe('bad-option');
    expect(await create('b', 'x'.repeat(201))).toBe('bad-option');
    expect(await create('c', 'x', { submissionEndsAt: START })).toBe('bad-option');
    expect(await create('d', 'x', { votingEndsAt: START + 400 * DAY })).toBe('bad-option');
    expect(await create('e', 'x', { entriesPerPerson: 0 })).toBe('bad-option');
    for (let number = 0; number < 20; number++) await create(`f${number}`, 'x');
    expect(await create('g', 'x')).toBe('not-allowed');
  });
});
