/** Windows that open and close by themselves, and what places hear of it. */
import { expect, it } from 'vitest';
import { silentLog } from '../../../src/kit/log.ts';
import { Announcer } from '../../../src/studio/contests/announcer.ts';
import type { Book } from '../../../src/studio/contests/book.ts';
import { readContest } from '../../../src/studio/contests/stored.ts';
import {
  actor,
  admin,
  contestOf,
  DAY,
  MINUTE,
  openContests,
  START,
  TestClock,
  windows,
} from '../../helpers/contests.ts';
import type { OpenContests } from '../../helpers/contests.ts';
import { onEveryDatabase } from '../../helpers/databases.ts';

const { submissionEndsAt, votingEndsAt } = windows;

/**
 * Lets time pass, from one ring of the clock to the next, until so many turns were announced. While
 * nobody waits for a ring they wait for the database, and the clock stands still: however long that
 * takes, no window closes before what was due earlier is done.
 */
async function ringUntil({ clock, announcements }: OpenContests, count: number): Promise<void> {
  while (announcements.all.length < count) {
    await new Promise(setImmediate);
    const next = clock.next();
    if (announcements.all.length < count && next !== undefined) {
      clock.set(Math.max(next, clock.now()));
    }
  }
}

onEveryDatabase('the clock of contests', (home) => {
  it('opens and closes windows, and tells each turn once', async () => {
    const open = await openContests(await home());
    const { contests, clock, announcements } = open;
    const announced = (count: number) => ringUntil(open, count);
    await contests.begin(announcements.announce);
    const id = await contestOf(open, ['ada', 'bob']);
    clock.set(submissionEndsAt);
    await announced(1);
    clock.set(votingEndsAt);
    await announced(2);
    await contests.stop();
    expect(announcements.all).toMatchObject([
      { phase: 'voting', again: false, contest: { id } },
      { phase: 'closed', again: false, contest: { id, endedAt: votingEndsAt } },
    ]);
    await open.close();
  });

  it('closes a window when it was moved to, and not when it was to close before', async () => {
    const open = await openContests(await home());
    const { contests, clock, announcements } = open;
    await contests.begin(announcements.announce);
    const id = await contestOf(open, ['ada']);
    await contests.reschedule(admin, id, { submissionEndsAt: START + 5000 });
    await ringUntil(open, 1);
    expect(announcements.all).toMatchObject([{ phase: 'voting', contest: { id } }]);
    expect(clock.now()).toBeLessThan(submissionEndsAt);
    // Voting is as long as it was.
    const [contest] = await contests.read.running(admin);
    expect(contest!.settings.votingEndsAt).toBe(START + 5000 + votingEndsAt - submissionEndsAt);
    await contests.reschedule(admin, id, { votingEndsAt: votingEndsAt + DAY });
    clock.set(votingEndsAt);
    expect((await contests.read.running(admin))[0]!.phase).toBe('voting');
    await open.close();
  });

  it('catches up on what was due while the bot was down, once, in order', async () => {
    const where = await home();
    const first = await openContests(where);
    const later = await contestOf(first, ['ada'], { votingEndsAt: votingEndsAt + DAY });
    const earlier = await contestOf(first, ['ada']);
    const nobody = await contestOf(first, [], { submissionEndsAt: START + MINUTE });
    await first.close();
    const clock = new TestClock();
    clock.set(START + 30 * DAY);
    const second = await openContests(where, { clock });
    await second.contests.begin(second.announcements.announce);
    expect(second.announcements.all.map(({ contest, phase }) => [contest.id, phase])).toEqual([
      [nobody, 'closed'],
      ...[later, earlier].sort().map((id) => [id, 'voting']),
      [earlier, 'closed'],
      [later, 'closed'],
    ]);
    const { endedAt } = (await second.contests.read.status(admin, earlier)).contest;
    expect(endedAt).toBe(votingEndsAt);
    await second.close();
    const third = await openContests(where, { clock });
    await third.contests.begin(third.announcements.announce);
    expect(third.announcements.all).toEqual([]);
    await third.close();
  });

  it('tries again where a place could not be told, and says so', async () => {
    const open = await openContests(await home());
    const { contests, clock, announcements } = open;
    await contests.begin(announcements.announce);
    await contestOf(open, ['ada', 'bob'], { votingEndsAt: START + 300 * DAY });
    announcements.failures = 2;
    clock.set(submissionEndsAt);
    await ringUntil(open, 3);
    await contests.stop();
    expect(announcements.all.map(({ again }) => again)).toEqual([false, true, true]);
    await open.close();
  });

  it('goes on with the others where one contest cannot be read', async () => {
    const where = await home();
    const first = await openContests(where);
    const spoilt = await contestOf(first, ['ada']);
    const turned = await contestOf(first, ['ada']);
    await first.contests.close(admin, turned, 'submission');
    const later = { submissionEndsAt: submissionEndsAt + MINUTE };
    const sound = await contestOf(first, ['ada'], later);
    const { tables } = first.database;
    await tables
      .updateTable('contest_events')
      .set({ event: '' })
      .where('contest', '=', spoilt)
      .execute();
    await tables
      .updateTable('contest_announcements')
      .set({ contest: spoilt })
      .where('contest', '=', turned)
      .execute();
    await first.close();
    const clock = new TestClock();
    clock.set(later.submissionEndsAt);
    const second = await openContests(where, { clock });
    await second.contests.begin(second.announcements.announce);
    await ringUntil(second, 1);
    expect(second.announcements.all).toMatchObject([{ phase: 'voting', contest: { id: sound } }]);
    // Once a minute, not as often as the machine can.
    expect(clock.next()).toBe(clock.now() + MINUTE);
    await second.close();
  });

  it('gives up a channel that is lost for good, and the contest goes on', async () => {
    const open = await openContests(await home());
    const { contests, clock, announcements, database } = open;
    await contests.begin(announcements.announce);
    const id = await contestOf(open, ['ada', 'bob'], { votingEndsAt: START + 300 * DAY });
    announcements.failures = Infinity;
    clock.set(submissionEndsAt);
    await ringUntil(open, 1);
    const left = async (): Promise<number> => {
      const rows = await database.tables
        .selectFrom('contest_announcements')
        .select('state')
        .execute();
      return rows.filter(({ state }) => state !== 'done').length;
    };
    while ((await left()) > 0) clock.pass(MINUTE);
    await contests.vote(actor('dan'), id, { voting: 'approval', entries: [1] });
    expect(announcements.all.filter(({ phase }) => phase === 'voting')).toHaveLength(12);
    await open.close();
  });

  it('sends what it has begun when it is stopped, and does not count it as failed', async () => {
    const open = await openContests(await home());
    const { contests, clock, announcements } = open;
    const { tables } = open.database;
    const id = await contestOf(open, ['ada']);
    await contests.close(admin, id, 'submission');
    let stopped: Promise<void> | undefined;
    const book: Partial<Book> = {
      tables,
      now: () => clock.now(),
      current: async () => {
        stopped = announcer.stop();
        return (await readContest(tables, id))!;
      },
    };
    const announcer = new Announcer({ book: book as Book, clock, log: silentLog });
    await announcer.begin(announcements.announce);
    await stopped;
    expect(announcements.phases).toEqual(['voting']);
    const [row] = await tables.selectFrom('contest_announcements').selectAll().execute();
    expect(row).toMatchObject({ state: 'done', attempts: 1 });
    await open.close();
  });

  it('says when an announcement may have got through before a crash', async () => {
    const where = await home();
    const first = await openContests(where);
    const id = await contestOf(first, ['ada']);
    await first.contests.close(admin, id, 'submission');
    await first.database.tables
      .updateTable('contest_announcements')
      .set({ state: 'begun', attempts: 1 })
      .execute();
    await first.close();
    const second = await openContests(where);
    await second.contests.begin(second.announcements.announce);
    expect(second.announcements.all).toMatchObject([{ phase: 'voting', again: true }]);
    await second.close();
  });

  it('never turns back when the clock is set back', async () => {
    const open = await openContests(await home());
    const { contests, clock } = open;
    const id = await contestOf(open, ['ada', 'bob']);
    clock.set(submissionEndsAt);
    await contests.vote(actor('dan'), id, { voting: 'approval', entries: [1] });
    clock.set(START);
    await contests.vote(actor('eve'), id, { voting: 'approval', entries: [1] });
    expect(await contests.read.status(admin, id)).toMatchObject({
      voters: 2,
      contest: { phase: 'voting' },
    });
    await open.close();
  });

  it('looks at the time every minute, however far away the next turn is', async () => {
    const open = await openContests(await home());
    const { contests, clock, announcements } = open;
    await contestOf(open, ['ada'], {
      submissionEndsAt: START + 200 * DAY,
      votingEndsAt: START + 300 * DAY,
    });
    await contests.begin(announcements.announce);
    expect(clock.next()).toBe(START + MINUTE);
    // A machine that slept: nothing rang in between.
    clock.set(START + 299 * DAY);
    await ringUntil(open, 1);
    expect(announcements.phases).toEqual(['voting']);
    await open.close();
  });
});
