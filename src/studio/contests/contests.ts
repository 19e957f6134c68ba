/**
 * Contests: who does what in them. Every right is asked here, by `Actor`; callers need to check
 * nothing, and what they are given may be shown to that actor.
 *
 *   const contest = await contests.create(actor, { event, theme, settings });
 *   await contests.enter(actor, contest.id, order.id, 'A title');
 *   … the windows close by themselves, or by `close` …
 *   await contests.vote(actor, contest.id, { voting: 'approval', entries: [2, 5] });
 *   await contests.read.results(actor, contest.id);
 *
 * What is refused is a DreamError: 'unknown-contest', 'unknown-entry', 'unknown-order',
 * 'wrong-phase', 'not-allowed', 'bad-option'. What has returned is on the disk. To do the same
 * again (an event that came twice, a second click) gives the same answer and changes nothing.
 */
import type { Kysely } from 'kysely';
import type { Logger } from '../../kit/log.ts';
import type { OrderOwner, Studio } from '../studio.ts';
import type { Tables } from '../store/tables.ts';
import { Announcer } from './announcer.ts';
import type { Announce } from './announcer.ts';
import { BallotBox } from './ballot-box.ts';
import type { Duel } from './ballot-box.ts';
import { Book } from './book.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Actor, Ballot, ContestCommand, NewEnds, Vote } from './contest.ts';
import { enterDream } from './entering.ts';
import { EntryPictures } from './entry-pictures.ts';
import { forgetPerson } from './forget.ts';
import { sweepLeftovers } from './leftovers.ts';
import { ContestReader } from './reader.ts';
import { Runners } from './runners.ts';
import { Scheduler } from './scheduler.ts';
import { startContest } from './starting.ts';
import type { NewContest } from './starting.ts';
import { cleanText } from './text.ts';
import { factsOf } from './views.ts';
import type { ContestFacts, EntryView } from './views.ts';

export interface ContestsParts {
  readonly tables: Kysely<Tables>;
  /** Where the pictures of entries are kept. */
  readonly folder: string;
  readonly studio: Pick<Studio, 'order' | 'result' | 'source'>;
  readonly log: Logger;
  /** @default the machine's */
  readonly clock?: Clock;
}

export class Contests {
  /** What there is to see, for whoever looks. */
  readonly read: ContestReader;
  /** Who may start contests in a server, beside its admins. */
  readonly runners: Runners;
  readonly #parts: ContestsParts;
  readonly #book: Book;
  readonly #ballots: BallotBox;
  readonly #pictures: EntryPictures;
  readonly #scheduler: Scheduler;
  readonly #announcer: Announcer;

  constructor(parts: ContestsParts) {
    const { tables, log, clock = systemClock } = parts;
    this.#parts = parts;
    this.#book = new Book({
      ...{ tables, clock },
      turned: () => {
        this.#scheduler.look();
        this.#announcer.look();
      },
    });
    this.#pictures = new EntryPictures(parts.folder);
    this.#ballots = new BallotBox(this.#book);
    this.#scheduler = new Scheduler({ book: this.#book, clock, log });
    this.#announcer = new Announcer({ book: this.#book, clock, log });
    this.runners = new Runners(tables);
    this.read = new ContestReader(this.#book, this.#pictures);
  }

  /** Removes what a crash left of pictures; before anybody does anything. Never fails. */
  async tidy(): Promise<void> {
    const { tables, log } = this.#parts;
    await sweepLeftovers({ tables, pictures: this.#pictures, log }).catch((error: unknown) => {
      log.error({ err: error }, 'pictures of no entry could not be removed');
    });
  }

  /**
   * Brings every contest up to date, in the order in which things were due, and goes on by the
   * clock from here.
   * @param announce tells a place that a contest of it has turned.
   */
  async begin(announce: Announce): Promise<void> {
    await this.#scheduler.begin();
    await this.#announcer.begin(announce);
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    await Promise.all([this.#scheduler.stop(), this.#announcer.stop()]);
    await this.#book.settled();
  }

  /** Milliseconds since 1970, by the clock that windows close by. */
  now(): number {
    return this.#book.now();
  }

  /** For admins of the place, and those with one of its runners' roles. */
  create(actor: Actor, wanted: NewContest): Promise<ContestFacts> {
    const { studio } = this.#parts;
    return startContest(actor, wanted, { book: this.#book, runners: this.runners, studio });
  }

  /** Enters a dream of the actor's own. */
  enter(actor: Actor, contest: string, order: string, title?: string): Promise<EntryView> {
    const { studio } = this.#parts;
    const parts = { book: this.#book, pictures: this.#pictures, studio };
    return enterDream(actor, { contest, order, title }, parts);
  }

  async withdraw(actor: Actor, id: string, entry: number): Promise<ContestFacts> {
    const facts = await this.#act(actor, id, { do: 'withdraw', entry });
    await this.#removePictures(id, entry);
    return facts;
  }

  approve(actor: Actor, id: string, entry: number): Promise<ContestFacts> {
    return this.#act(actor, id, { do: 'approve', entry });
  }

  /**
   * Also of an entry that was approved: it is out from then on. After the end it keeps its place,
   * and its title and picture are not shown any more; `approve` brings them back.
   */
  async reject(actor: Actor, id: string, entry: number, reason: string): Promise<ContestFacts> {
    const words = cleanText('reason', reason, 300);
    return this.#act(actor, id, { do: 'reject', entry, reason: words });
  }

  /** Closes a window before its time: voting begins, or is over. */
  close(actor: Actor, id: string, window: 'submission' | 'voting'): Promise<ContestFacts> {
    return this.#act(actor, id, { do: 'close', window });
  }

  /** Lets windows end at another time; votes have as long as before where only dreams are named. */
  reschedule(actor: Actor, id: string, ends: NewEnds): Promise<ContestFacts> {
    return this.#act(actor, id, { do: 'reschedule', ...ends });
  }

  /** Keeps the reason for `cancel`, which cannot be taken back. */
  async askCancel(actor: Actor, id: string, reason: string): Promise<ContestFacts> {
    const words = cleanText('reason', reason, 300);
    return this.#act(actor, id, { do: 'ask-cancel', reason: words });
  }

  /** @param reason the last one that `askCancel` was given, where it is left out. */
  async cancel(actor: Actor, id: string, reason?: string): Promise<ContestFacts> {
    if (reason === undefined) return this.#act(actor, id, { do: 'cancel' });
    const words = cleanText('reason', reason, 300);
    return this.#act(actor, id, { do: 'cancel', reason: words });
  }

  /** Takes the place of what the actor said before (in duels, of the same pair). */
  vote(actor: Actor, id: string, vote: Vote): Promise<Ballot> {
    return this.#ballots.cast(actor, id, vote);
  }

  /** Adds one dream to what the actor has approved or ranked, or takes it off. */
  toggle(actor: Actor, id: string, entry: number): Promise<Ballot> {
    return this.#ballots.toggle(actor, id, entry);
  }

  /** The two dreams to choose from next: the same ones until they are decided; null: all are. */
  nextDuel(actor: Actor, id: string): Promise<Duel | null> {
    return this.#ballots.nextDuel(actor, id);
  }

  /** Whether a contest that is running needs the pictures of this order: they are its start. */
  async needs(order: string): Promise<boolean> {
    return (await this.#runningStarts()).has(order);
  }

  /**
   * Removes a person from contests. Running ones: their entries are withdrawn, their ballots taken
   * out. Ended ones: results stay as they are, with neither name nor picture of that person.
   */
  forget(person: OrderOwner): Promise<void> {
    return forgetPerson({ book: this.#book, pictures: this.#pictures }, person);
  }

  async #act(actor: Actor, id: string, command: ContestCommand): Promise<ContestFacts> {
    return factsOf(await this.#book.carryOut(actor, id, command));
  }

  /** Of an entry that was withdrawn; the same dream may be in the contest again. */
  async #removePictures(id: string, number: number): Promise<void> {
    const { entries } = (await this.#book.current(id)).contest;
    const { order } = entries[number - 1]!.dream;
    const others = entries.filter(({ dream }) => dream.order === order);
    if (others.some(({ state }) => state !== 'withdrawn')) return;
    await this.#pictures.remove(id, order);
  }

  async #runningStarts(): Promise<ReadonlySet<string>> {
    const contests = await this.read.allRunning();
    const orders = contests.map(({ settings: { start } }) =>
      start?.from === 'source' ? start.order : null,
    );
    return new Set(orders.filter((order) => order !== null));
  }
}
