/** What is read and written of contests within one transaction. */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import type { Ballot, Contest, ContestEvent, Phase } from './contest.ts';
import { unknownContest } from './rights.ts';
import { apply, dueAt } from './rules.ts';
import { readChoice, readContest, readDuels } from './stored.ts';
import type { Duels, Stored } from './stored.ts';
import { pairOf } from './votes.ts';

type StartedEvent = Extract<ContestEvent, { type: 'started' }>;

/** Phases that are announced when they begin. */
const ANNOUNCED: readonly Phase[] = ['voting', 'closed', 'cancelled'];

const ROWS = 200;

export class Session {
  readonly contests = new Map<string, Stored>();
  /** Contests whose past was rewritten: what is remembered of them is wrong. */
  readonly rewritten = new Set<string>();
  readonly #before: ReadonlyMap<string, Stored>;
  readonly #duels = new Map<string, Duels>();
  readonly #ballots = new Map<string, Ballot & { readonly contest: string }>();
  readonly #log: (Ballot & { contest: string; sequence: number; at: number })[] = [];

  /** @param before what was committed as far as is remembered, by contest. */
  constructor(
    readonly tables: Kysely<Tables>,
    before: ReadonlyMap<string, Stored>,
  ) {
    this.#before = before;
  }

  /** @throws DreamError 'unknown-contest' */
  async contest(id: string): Promise<Stored> {
    const known = this.contests.get(id);
    if (known) return known;
    const before = this.rewritten.has(id) ? undefined : this.#before.get(id);
    const stored = await readContest(this.tables, id, before);
    if (!stored) throw unknownContest();
    this.contests.set(id, stored);
    return stored;
  }

  async start(request: string, event: StartedEvent): Promise<Contest> {
    const contest = apply(null, event);
    const { id, place, phase, startedAt } = contest;
    const { platform, server = null, channel } = place;
    const row = {
      ...{ id, platform, server, channel, event: request, phase, version: 1, votes: 0 },
      ...{ due_at: dueAt(contest), started_at: startedAt, ended_at: null, results: null },
      secret: randomBytes(32).toString('hex'),
    };
    await this.tables.insertInto('contests').values(row).execute();
    const first = { contest: id, sequence: 1, event: JSON.stringify(event) };
    await this.tables.insertInto('contest_events').values(first).execute();
    this.contests.set(id, { contest, version: 1, votes: 0 });
    return contest;
  }

  /** Writes what has happened. */
  async append(id: string, events: readonly ContestEvent[]): Promise<Stored> {
    let stored = await this.contest(id);
    for (const event of events) {
      const contest = apply(stored.contest, event);
      const version = stored.version + 1;
      const row = { contest: id, sequence: version, event: JSON.stringify(event) };
      await this.tables.insertInto('contest_events').values(row).execute();
      if (contest.phase !== stored.contest.phase) await this.#announce(contest, event.at);
      stored = { ...stored, contest, version };
    }
    if (events.length === 0) return stored;
    const { contest, version } = stored;
    const { phase, endedAt = null } = contest;
    await this.tables
      .updateTable('contests')
      .set({ phase, version, due_at: dueAt(contest), ended_at: endedAt })
      .where('id', '=', id)
      .execute();
    this.contests.set(id, stored);
    return stored;
  }

  /**
   * Takes a ballot, in place of the one that was there; the same one again is no other ballot.
   * It is written by `flush`.
   */
  async cast(id: string, ballot: Ballot, at: number): Promise<void> {
    const stored = await this.contest(id);
    const key = JSON.stringify([id, ballot.voter, ballot.pair]);
    const duels = this.#duels.get(JSON.stringify([id, ballot.voter]));
    const isFirst = duels !== undefined && !duels.decided.has(ballot.pair);
    const before = isFirst ? null : await this.choice(id, ballot);
    if (JSON.stringify(before) === JSON.stringify(ballot.choice)) return;
    const sequence = stored.votes + 1;
    this.contests.set(id, { ...stored, votes: sequence });
    this.#ballots.set(key, { ...ballot, contest: id });
    this.#log.push({ ...ballot, contest: id, sequence, at });
    duels?.decided.add(ballot.pair);
    if (duels?.offered && pairOf(duels.offered) === ballot.pair) duels.offered = null;
  }

  /** What was chosen before; null where nothing was. */
  async choice(
    id: string,
    said: Pick<Ballot, 'voter' | 'pair'>,
  ): Promise<readonly number[] | null> {
    const { voter, pair } = said;
    const waiting = this.#ballots.get(JSON.stringify([id, voter, pair]));
    return waiting?.choice ?? (await readChoice(this.tables, id, said));
  }

  async duels(id: string, voter: string): Promise<Duels> {
    const key = JSON.stringify([id, voter]);
    const known = this.#duels.get(key);
    if (known) return known;
    const duels = await readDuels(this.tables, id, voter);
    this.#duels.set(key, duels);
    return duels;
  }

  async offer(id: string, voter: string, pair: readonly [number, number]): Promise<void> {
    (await this.duels(id, voter)).offered = pair;
    const row = { contest: id, voter, pair: pair.join('-') };
    await this.tables
      .insertInto('contest_offers')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['contest', 'voter']).doUpdateSet({ pair: row.pair }),
      )
      .execute();
  }

  /** Writes the ballots. To be called at the end. */
  async flush(): Promise<void> {
    const text = ({ choice }: Ballot): string => JSON.stringify(choice);
    for (const rows of chunks([...this.#ballots.values()])) {
      await this.tables
        .insertInto('contest_ballots')
        .values(rows.map((row) => ({ ...row, choice: text(row) })))
        .onConflict((conflict) =>
          conflict
            .columns(['contest', 'voter', 'pair'])
            .doUpdateSet((row) => ({ choice: row.ref('excluded.choice') })),
        )
        .execute();
    }
    for (const rows of chunks(this.#log)) {
      const values = rows.map((row) => ({ ...row, choice: text(row) }));
      await this.tables.insertInto('contest_ballot_log').values(values).execute();
    }
    for (const id of new Set(this.#log.map(({ contest }) => contest))) {
      const { votes } = this.contests.get(id)!;
      await this.tables.updateTable('contests').set({ votes }).where('id', '=', id).execute();
    }
    this.#ballots.clear();
    this.#log.length = 0;
  }

  /** Its events or ballots were changed by hand. */
  rewrote(id: string): void {
    this.rewritten.add(id);
    this.contests.delete(id);
    this.#duels.clear();
  }

  async #announce({ id, phase }: Contest, at: number): Promise<void> {
    if (!ANNOUNCED.includes(phase)) return;
    const row = { contest: id, phase, state: 'due', attempts: 0, at } as const;
    await this.tables.insertInto('contest_announcements').values(row).execute();
  }
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / ROWS) }, (_, index) =>
    items.slice(index * ROWS, (index + 1) * ROWS),
  );
}
