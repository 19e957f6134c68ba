/**
 * A bot with one contest, that does a list of things, says after each that it is done, and may be
 * killed at any moment: the next one goes on where this one was.
 *
 *   contest-bot.ts {"folder", "url", "from", "steps", "seed"}
 */
import { DreamError } from '../../src/kit/errors.ts';
import { seededRandom } from '../../src/kit/random.ts';
import type { Random } from '../../src/kit/random.ts';
import { Contests } from '../../src/studio/contests/contests.ts';
import { openDatabase } from '../../src/studio/store/database.ts';
import { silentLog } from '../../src/kit/log.ts';
import { actor, admin, MINUTE, order, orderId, START, TestClock, TestStudio } from './contests.ts';

const PEOPLE = 8;

const { folder, url, from, steps, seed } = JSON.parse(process.argv[2]!) as {
  readonly folder: string;
  readonly url?: string;
  readonly from: number;
  readonly steps: number;
  readonly seed: number;
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { tables } = await openDatabase(folder, silentLog, url);
const clock = new TestClock();
const studio = new TestStudio();
const contests = new Contests({
  tables,
  studio,
  clock,
  log: silentLog,
  folder: `${folder}/entries`,
});

/** The first third is for entries, the last step is after the end. */
const submissionEndsAt = START + Math.floor(steps / 3) * MINUTE;
const votingEndsAt = START + (steps - 1) * MINUTE;

const event = 'the contest';
const settings = { submissionEndsAt, votingEndsAt, entriesPerPerson: 20, moderated: true };

async function step(number: number, id: string): Promise<void> {
  const random = seededRandom(seed + number);
  const who = `person ${random.integer(1, PEOPLE)}`;
  if (clock.now() < submissionEndsAt) return submitSomething(number, id, who, random);
  const entries = [1, 2, 3, 4, 5].filter(() => random.uniform() < 0.5);
  await contests.vote(actor(who), id, { voting: 'approval', entries });
}

async function submitSomething(
  number: number,
  id: string,
  who: string,
  random: Random,
): Promise<void> {
  const chance = random.uniform();
  const entry = random.integer(1, 6);
  if (chance < 0.2) await contests.reject(admin, id, entry, 'no');
  else if (chance < 0.5) await contests.approve(admin, id, entry);
  else await contests.enter(actor(who), id, studio.add(order(orderId(number), who)));
}

clock.set(START + from * MINUTE);
if (from > 0) {
  await contests.begin(({ phase, again }) => {
    say(`told ${phase} ${again}`);
    return Promise.resolve();
  });
}
const wish = { event, theme: 'Clouds', settings };
const started =
  from === 0 ? await contests.create(admin, wish) : (await contests.read.running(admin))[0];
const id = started?.id ?? (await contests.read.history(admin, 1))[0]!.id;
for (let number = from; number < steps; number++) {
  clock.set(START + number * MINUTE);
  try {
    await step(number, id);
  } catch (error) {
    // What is refused is refused each time.
    if (!(error instanceof DreamError)) throw error;
  }
  say(`done ${number}`);
}
clock.set(votingEndsAt);
await contests.begin(({ phase, again }) => {
  say(`told ${phase} ${again}`);
  return Promise.resolve();
});
const { placed, voters } = await contests.read.results(admin, id);
const entries = (await contests.read.entries(admin, id)).map(({ number, state, dream, by }) => [
  ...[number, state, dream.order, by!.id],
]);
const rows = await tables
  .selectFrom('contest_ballot_log')
  .select(['sequence', 'voter', 'choice', 'at'])
  .orderBy('sequence')
  .execute();
const ballots = rows.map(({ sequence, voter, choice, at }) => [
  sequence,
  voter,
  choice,
  Number(at),
]);
const events = await tables
  .selectFrom('contest_events')
  .select(['sequence', 'event'])
  .orderBy('sequence')
  .execute();
// The id is made up anew in each run.
const story = events.map(({ sequence, event: text }) => [sequence, text.replaceAll(id, 'ID')]);
say(`end ${JSON.stringify({ placed, voters, entries, ballots, story })}`);
process.exit(0);
