/** A person who wants to be forgotten, in contests. */
import { newOrderId as newId } from '../store/order-id.ts';
import type { OrderOwner } from '../studio.ts';
import type { Book } from './book.ts';
import type { Contest, Contestant, ContestEvent } from './contest.ts';
import type { EntryPictures } from './entry-pictures.ts';
import type { Session } from './session.ts';

export interface ForgetParts {
  readonly book: Book;
  readonly pictures: EntryPictures;
}

/** Who has no name any more. */
const NOBODY = '';
const FORGOTTEN = 'forgotten-';

/** Whether a person is one that wanted to be forgotten, of whose entries nothing is shown. */
export function isForgotten({ id, name }: Contestant): boolean {
  return name === NOBODY && id.startsWith(FORGOTTEN);
}

export async function forgetPerson(
  { book, pictures }: ForgetParts,
  { platform, id: person }: OrderOwner,
): Promise<void> {
  const rows = await book.tables
    .selectFrom('contests')
    .select('id')
    .where('platform', '=', platform)
    .execute();
  for (const { id } of rows) {
    const { contest } = await book.current(id);
    const involved = await isInvolved(book, contest, person);
    if (!involved) continue;
    const orders = await book.change(id, async (session, stored, now) => {
      const { phase } = stored.contest;
      const running = phase === 'submission' || phase === 'voting';
      if (running) await takeOut(session, stored.contest, person, now);
      const own = stored.contest.entries.filter(({ by }) => by.id === person);
      await session.flush();
      await erase(session, id, person);
      session.rewrote(id);
      return own.map(({ dream }) => dream.order);
    });
    await Promise.all(orders.map((order) => pictures.remove(id, order)));
  }
}

async function isInvolved({ tables }: Book, contest: Contest, person: string): Promise<boolean> {
  const { id, startedBy, entries } = contest;
  if (startedBy.id === person || entries.some(({ by }) => by.id === person)) return true;
  const events = await tables
    .selectFrom('contest_events')
    .select('event')
    .where('contest', '=', id)
    .execute();
  if (events.some(({ event }) => byOf(JSON.parse(event) as ContestEvent) === person)) return true;
  for (const table of ['contest_ballot_log', 'contest_offers'] as const) {
    const row = await tables
      .selectFrom(table)
      .select('voter')
      .where('contest', '=', id)
      .where('voter', '=', person)
      .limit(1)
      .executeTakeFirst();
    if (row) return true;
  }
  return false;
}

/** They may vote again later on, as anybody may who has not voted. */
async function takeOut(
  session: Session,
  { id, entries }: Contest,
  person: string,
  now: number,
): Promise<void> {
  const by = { id: person, name: NOBODY };
  const inIt = entries.filter(
    (entry) => entry.by.id === person && ['waiting', 'approved'].includes(entry.state),
  );
  await session.append(
    id,
    inIt.map(({ number }) => ({ type: 'withdrawn' as const, at: now, by, entry: number })),
  );
  await session.flush();
  await session.tables
    .deleteFrom('contest_ballots')
    .where('contest', '=', id)
    .where('voter', '=', person)
    .execute();
}

/** What is left of them is somebody without a name. */
async function erase({ tables }: Session, id: string, person: string): Promise<void> {
  const somebody = { id: `${FORGOTTEN}${newId()}`, name: NOBODY };
  const rows = await tables
    .selectFrom('contest_events')
    .selectAll()
    .where('contest', '=', id)
    .execute();
  for (const { sequence, event: text } of rows) {
    const event = JSON.parse(text) as ContestEvent;
    if (byOf(event) !== person) continue;
    await tables
      .updateTable('contest_events')
      .set({ event: JSON.stringify({ ...event, by: somebody }) })
      .where('contest', '=', id)
      .where('sequence', '=', sequence)
      .execute();
  }
  await tables
    .deleteFrom('contest_offers')
    .where('contest', '=', id)
    .where('voter', '=', person)
    .execute();
  for (const table of ['contest_ballots', 'contest_ballot_log'] as const) {
    await tables
      .updateTable(table)
      .set({ voter: somebody.id })
      .where('contest', '=', id)
      .where('voter', '=', person)
      .execute();
  }
}

function byOf(event: ContestEvent): string | undefined {
  return event.by?.id;
}
