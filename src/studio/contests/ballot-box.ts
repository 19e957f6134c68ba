/** Votes, on their way in. */
import type { Book } from './book.ts';
import type { Actor, Ballot, Contest, Vote } from './contest.ts';
import { nextPair } from './pairing.ts';
import { checkMayVote, checkPlace } from './rights.ts';
import type { Session } from './session.ts';
import { entryView } from './views.ts';
import type { EntryView } from './views.ts';
import {
  castBallot,
  checkDuels,
  checkVoting,
  duelsOnly,
  eligible,
  NO_DUELS,
  pairOf,
} from './votes.ts';

export interface Duel {
  readonly left: EntryView;
  readonly right: EntryView;
  /** Duels that this person has decided. */
  readonly decided: number;
  /** Duels that they may decide in all. */
  readonly most: number;
}

/** Contests whose duels are counted in memory; of others they are counted again. */
const MOST_COUNTED = 200;

/** Duels so far, by entry. */
type Counts = Map<number, number>;

export class BallotBox {
  readonly #book: Book;
  /** Of contests in which duels go on in this process. */
  readonly #counts = new Map<string, Counts>();

  constructor(book: Book) {
    this.#book = book;
  }

  async cast(actor: Actor, id: string, vote: Vote): Promise<Ballot> {
    const { ballot, isNew } = await this.#book.change(id, async (session, { contest }, now) => {
      const duels = vote.voting === 'duels' ? await session.duels(id, actor.id) : null;
      const offered = duels?.offered ? pairOf(duels.offered) : null;
      const dueller = duels ? { decided: duels.decided, offered } : NO_DUELS;
      const ballot = castBallot(contest, actor, vote, dueller, now);
      const isNew = duels !== null && !duels.decided.has(ballot.pair);
      await session.cast(id, ballot, now);
      return { ballot, isNew };
    });
    if (isNew) this.#count(id, ballot.pair);
    return ballot;
  }

  /**
   * Puts an entry on the actor's ballot, as the last one, or takes it off; what is no longer in the
   * contest goes too.
   */
  toggle(actor: Actor, id: string, entry: number): Promise<Ballot> {
    return this.#book.change(id, async (session, { contest }, now) => {
      const { voting } = contest.settings;
      checkPlace(actor, contest);
      if (voting === 'duels') throw duelsOnly();
      const before = (await session.choice(id, { voter: actor.id, pair: '' })) ?? [];
      const open = new Set(eligible(contest, actor.id).map(({ number }) => number));
      const others = before.filter((each) => each !== entry && open.has(each));
      const entries = before.includes(entry) ? others : [...others, entry];
      const ballot = castBallot(contest, actor, { voting, entries }, NO_DUELS, now);
      await session.cast(id, ballot, now);
      return ballot;
    });
  }

  nextDuel(actor: Actor, id: string): Promise<Duel | null> {
    return this.#book.change(id, async (session, { contest }, now) => {
      checkPlace(actor, contest);
      checkDuels(contest);
      checkVoting(contest);
      checkMayVote(actor, contest, now);
      const entries = eligible(contest, actor.id).map(({ number }) => number);
      const { decided, offered } = await session.duels(id, actor.id);
      const { votesPerPerson = Infinity } = contest.settings;
      // Of what has been decided, dreams may be out by now.
      const most = Math.min(votesPerPerson, decided.size + pairsLeft(entries, decided));
      if (offered?.every((entry) => entries.includes(entry))) {
        return duelOf(contest, actor, offered, { decided: decided.size, most });
      }
      if (decided.size >= most) return null;
      const duels = await this.#countsOf(session, id);
      const pair = nextPair({ contest: id, voter: actor.id, entries, decided, duels });
      if (!pair) return null;
      await session.offer(id, actor.id, pair);
      return duelOf(contest, actor, pair, { decided: decided.size, most });
    });
  }

  async #countsOf(session: Session, id: string): Promise<Counts> {
    const known = this.#counts.get(id);
    if (known) return known;
    await session.flush();
    const rows = await session.tables
      .selectFrom('contest_ballots')
      .select(({ fn }) => ['pair', fn.countAll<number | string>().as('count')])
      .where('contest', '=', id)
      .groupBy('pair')
      .execute();
    const counts: Counts = new Map();
    for (const { pair, count } of rows) add(counts, pair, Number(count));
    this.#counts.set(id, counts);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST_COUNTED) this.#counts.delete(oldest!);
    return counts;
  }

  #count(id: string, pair: string): void {
    const counts = this.#counts.get(id);
    if (counts) add(counts, pair, 1);
  }
}

function pairsLeft(entries: readonly number[], decided: ReadonlySet<string>): number {
  const among = new Set(entries);
  const met = [...decided].filter((pair) =>
    pair.split('-').every((each) => among.has(Number(each))),
  );
  return (entries.length * (entries.length - 1)) / 2 - met.length;
}

function add(counts: Counts, pair: string, times: number): void {
  for (const entry of pair.split('-').map(Number)) {
    counts.set(entry, (counts.get(entry) ?? 0) + times);
  }
}

function duelOf(
  contest: Contest,
  actor: Actor,
  pair: readonly [number, number],
  progress: Pick<Duel, 'decided' | 'most'>,
): Duel {
  const [left, right] = pair.map((number) =>
    entryView(contest, contest.entries[number - 1]!, actor),
  ) as [EntryView, EntryView];
  return { left, right, ...progress };
}
