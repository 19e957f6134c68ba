/** The book of contests: every change goes through here, one after another. */
import type { Kysely } from 'kysely';
import { newOrderId as newId } from '../store/order-id.ts';
import type { Tables } from '../store/tables.ts';
import type { Clock } from './clock.ts';
import type { Actor, Contest, ContestCommand, ContestEvent } from './contest.ts';
import { GroupCommit } from './group-commit.ts';
import { decide, dueAt, overdue } from './rules.ts';
import { Session } from './session.ts';
import { readContest } from './stored.ts';
import type { Stored } from './stored.ts';
import { isIn } from './place-rows.ts';
import { unknownContest } from './rights.ts';

type StartedEvent = Extract<ContestEvent, { type: 'started' }>;

export interface BookParts {
  readonly tables: Kysely<Tables>;
  readonly clock: Clock;
  /** A contest has a new phase, or the one that it has ends at another time, or it is new. */
  readonly turned: () => void;
}

/** Contests that are remembered: others are read again. */
const MOST_REMEMBERED = 200;

export class Book {
  readonly #parts: BookParts;
  readonly #commits: GroupCommit<Session>;
  readonly #remembered = new Map<string, Stored>();

  constructor(parts: BookParts) {
    this.#parts = parts;
    this.#commits = new GroupCommit((work) => this.#transaction(work));
  }

  get tables(): Kysely<Tables> {
    return this.#parts.tables;
  }

  now(): number {
    return this.#parts.clock.now();
  }

  /**
   * Brings a contest up to date, and changes it. What was due stays done when the change itself
   * is refused.
   */
  change<Result>(
    id: string,
    change: (session: Session, stored: Stored, now: number) => Promise<Result>,
  ): Promise<Result> {
    return this.#commits.change(async (session) => {
      const { contest } = await session.contest(id);
      const now = this.now();
      const stored = await session.append(id, overdue(contest, now));
      return change(session, stored, now);
    });
  }

  /** Does what a command asks for, as the rules allow it. */
  carryOut(actor: Actor, id: string, command: ContestCommand): Promise<Contest> {
    return this.change(id, async (session, { contest }, now) => {
      const events = decide(contest, actor, command, now);
      return (await session.append(id, events)).contest;
    });
  }

  /** Up to date. @throws DreamError 'unknown-contest' */
  async current(id: string): Promise<Stored> {
    const stored = await readContest(this.tables, id, this.#remembered.get(id));
    if (!stored) throw unknownContest();
    if (overdue(stored.contest, this.now()).length === 0) return stored;
    return this.change(id, (_, later) => Promise.resolve(later));
  }

  /** The same request again gives the contest that is there already. */
  start(
    request: string,
    started: Omit<StartedEvent, 'id' | 'type'>,
    admit: (running: number) => void,
  ): Promise<Contest> {
    return this.#commits.change(async (session) => {
      const known = await session.tables
        .selectFrom('contests')
        .select('id')
        .where('platform', '=', started.place.platform)
        .where('event', '=', request)
        .executeTakeFirst();
      if (known) return (await session.contest(known.id)).contest;
      const { running } = await session.tables
        .selectFrom('contests')
        .select(({ fn }) => fn.countAll<number | string>().as('running'))
        .where(isIn(started.place))
        .where('due_at', 'is not', null)
        .executeTakeFirstOrThrow();
      admit(Number(running));
      const event: StartedEvent = { type: 'started', id: newId(), ...started };
      return session.start(request, event);
    });
  }

  settled(): Promise<void> {
    return this.#commits.settled();
  }

  async #transaction(work: (session: Session) => Promise<void>): Promise<void> {
    const { contests, rewritten } = await this.tables.transaction().execute(async (tables) => {
      const session = new Session(tables, this.#remembered);
      await work(session);
      await session.flush();
      return session;
    });
    let turned = false;
    for (const id of rewritten) this.#remembered.delete(id);
    for (const [id, stored] of contests) {
      const before = this.#remembered.get(id);
      turned ||= before === undefined || dueAt(before.contest) !== dueAt(stored.contest);
      this.#remembered.delete(id);
      this.#remembered.set(id, stored);
    }
    for (const [id] of this.#remembered) {
      if (this.#remembered.size <= MOST_REMEMBERED) break;
      this.#remembered.delete(id);
    }
    if (turned) this.#parts.turned();
  }
}
