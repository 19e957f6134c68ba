/** Contests on a clock that tests turn, with a studio that knows made-up dreams. */
import { silentLog } from '../../src/kit/log.ts';
import type { Announcement } from '../../src/studio/contests/announcer.ts';
import type { Clock } from '../../src/studio/contests/clock.ts';
import type { Actor } from '../../src/studio/contests/contest.ts';
import { Contests } from '../../src/studio/contests/contests.ts';
import type { ContestSettingsInput } from '../../src/studio/contests/settings.ts';
import type { DreamJob, Order, Place } from '../../src/studio/order.ts';
import type { OpenDatabase } from '../../src/studio/store/database.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { presets } from '../../src/dream/presets.ts';
import type { Home } from './databases.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** When every test begins. */
export const START = Date.UTC(2026, 0, 5, 12);

export class TestClock implements Clock {
  #now = START;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Sets the clock, and rings what is due by then. */
  set(now: number): void {
    this.#now = now;
    const due = this.#timers.filter(({ at }) => at <= now);
    this.#timers = this.#timers.filter(({ at }) => at > now);
    for (const { run } of due) run();
  }

  pass(milliseconds: number): void {
    this.set(this.#now + milliseconds);
  }

  /** When it next rings. */
  next(): number | undefined {
    return this.#timers.map(({ at }) => at).sort((one, other) => one - other)[0];
  }
}

export const home: Place = { platform: 'test', server: 'home', channel: 'contests' };

export function actor(id: string, changes: Partial<Actor> = {}): Actor {
  return { id, name: `${id}'s name`, place: home, admin: false, roles: [], ...changes };
}

export const admin = actor('admin', { admin: true });

export const windows = {
  submissionEndsAt: START + DAY,
  votingEndsAt: START + 2 * DAY,
} satisfies ContestSettingsInput;

const job: DreamJob = {
  kind: 'dream',
  model: 'inception_v3',
  recipe: { ...presets.default, layer: 'mixed4' },
  size: 512,
  deepLayers: false,
};

/** Ids of orders are 12 letters and digits. */
export function orderId(number: number): string {
  return `order${String(number).padStart(7, '0')}`;
}

export function order(id: string, person: string, changes: Partial<Order> = {}): Order {
  return {
    ...{ id, requester: { id: person, name: person }, place: { ...home, channel: 'general' } },
    ...{ address: {}, job, source: { from: 'clouds' }, event: id, spoiler: false },
    ...{ state: 'delivered', createdAt: START, updatedAt: START, crashes: 0, deliveryBegun: true },
    result: {
      ...{ rows: 4, columns: 4, formula: 'mean-square of mixed4', notices: [], engine: 'none' },
      ...{ seconds: 1, scores: [] },
    },
    ...changes,
  };
}

/** A PNG of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Dreams that somebody made: `add` them. */
export class TestStudio {
  readonly #orders = new Map<string, Order>();
  readonly pictures = new Map<string, Uint8Array>();

  add(made: Order, picture: Uint8Array = PIXEL): string {
    this.#orders.set(made.id, made);
    this.pictures.set(made.id, picture);
    return made.id;
  }

  order(id: string): Promise<Order | null> {
    return Promise.resolve(this.#orders.get(id) ?? null);
  }

  result(id: string): Promise<Uint8Array> {
    const picture = this.pictures.get(id);
    if (picture) return Promise.resolve(picture);
    return Promise.reject(new DreamError('unknown-order', 'this picture is gone'));
  }

  source(id: string): Promise<Uint8Array> {
    return this.result(id);
  }

  remove(id: string): void {
    this.#orders.delete(id);
    this.pictures.delete(id);
  }
}

/** What was announced; it can be made to fail. */
export class Announcements {
  readonly all: Announcement[] = [];
  failures = 0;

  announce = (announcement: Announcement): Promise<void> => {
    this.all.push(announcement);
    if (this.failures === 0) return Promise.resolve();
    this.failures -= 1;
    return Promise.reject(new Error('the channel is not there'));
  };

  get phases(): string[] {
    return this.all.map(({ phase }) => phase);
  }
}

export interface OpenContests {
  readonly contests: Contests;
  readonly clock: TestClock;
  readonly studio: TestStudio;
  readonly database: OpenDatabase;
  readonly announcements: Announcements;
  close(): Promise<void>;
}

export async function openContests(
  where: Home,
  { clock = new TestClock(), studio = new TestStudio() } = {},
): Promise<OpenContests> {
  const database = await where.open();
  const { tables } = database;
  const contests = new Contests({
    ...{ tables, studio, clock, log: silentLog },
    folder: `${where.folder}/entries`,
  });
  const close = async (): Promise<void> => {
    await contests.stop();
    await database.close();
  };
  return { contests, clock, studio, database, announcements: new Announcements(), close };
}

let events = 0;

/** A contest with an entry by each of these people, in this order. */
export async function contestOf(
  { contests, studio }: OpenContests,
  people: readonly string[],
  settings: Partial<ContestSettingsInput> = {},
): Promise<string> {
  const { id } = await contests.create(admin, {
    event: `event ${(events += 1)}`,
    theme: 'Clouds',
    settings: { ...windows, ...settings },
  });
  for (const [index, person] of people.entries()) {
    const made = studio.add(order(orderId(events * 1000 + index), person));
    await contests.enter(actor(person), id, made);
  }
  return id;
}
