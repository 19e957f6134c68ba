/** The messages of the chat: kept on the shelf, edited in place, told to whoever listens. */
import PQueue from 'p-queue';
import type { Shelf } from '../../kit/shelf.ts';
import type { WireMessage } from './wire.ts';

const COLLECTION = 'web-messages';

/** Messages that are kept; the oldest go first. */
const MOST = 300;

/** Letters of a time: they last for some three thousand years. */
const TIME_LENGTH = 9;

export interface Entry {
  readonly message: Omit<WireMessage, 'revision'>;
  /** `Person.id` of the only one who sees it; null for all. */
  readonly audience: string | null;
  /** What the browser called the line that was sent: sent again, it is the same one. */
  readonly event?: string;
  /** The message that it answers, where that was a line which somebody typed. */
  readonly asked?: string;
  /** `Person.id` of whom it answers. */
  readonly askedBy?: string;
  /** Files that came with it: pictures that were sent, or what the bot gave only here. */
  readonly uploads?: readonly string[];
  /** `Delivery.key` of the answer that it is. */
  readonly delivery?: string;
}

interface Revised extends Entry {
  readonly revision: number;
}

export type Listener = (entry: Entry, message: WireMessage) => void;

export class Conversation {
  readonly #entries = new Map<string, Revised>();
  readonly #listeners = new Set<Listener>();
  /** One after the other, so that the newest state of a message is the one that stays. */
  readonly #writes = new PQueue({ concurrency: 1 });
  #revision = 0;
  #lastTime = 0;

  constructor(
    private readonly shelf: Shelf,
    private readonly onDropped: (entry: Entry) => Promise<void>,
  ) {}

  /** @param earlier names that were given and are not kept. */
  async load(earlier: readonly string[] = []): Promise<void> {
    for (const { key, value } of await this.shelf.list(COLLECTION)) {
      this.#entries.set(key, { ...entryOf(value), revision: 0 });
    }
    for (const key of [...this.#entries.keys(), ...earlier]) {
      // Whatever the clock has done since: what is said next comes after it.
      this.#lastTime = Math.max(this.#lastTime, parseInt(key.slice(0, TIME_LENGTH), 36));
    }
    await this.#dropOldest();
  }

  /** A name for the next message; names sort by the time they were given. */
  newId(): string {
    this.#lastTime = Math.max(this.#lastTime + 1, Date.now());
    return this.#lastTime.toString(36).padStart(TIME_LENGTH, '0');
  }

  get revision(): number {
    return this.#revision;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** Whether a message of this name is there, or would stay if it were put there. */
  hasRoomFor(id: string): boolean {
    if (this.#entries.has(id) || this.#entries.size < MOST) return true;
    return [...this.#entries.keys()].some((other) => other < id);
  }

  find(matches: (entry: Entry) => boolean): Entry | undefined {
    return [...this.#entries.values()].find(matches);
  }

  entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** What a person sees, oldest first; what has changed since a revision, in that order. */
  visibleTo(person: string, since?: number): WireMessage[] {
    const seen = [...this.#entries.values()].filter((entry) => isVisible(entry, person));
    if (since === undefined) return seen.map(asWire).sort((one, other) => order(one, other));
    const changed = seen.filter(({ revision }) => revision > since);
    return changed.map(asWire).sort((one, other) => one.revision - other.revision);
  }

  /** Puts a message there, or edits it; it survives a crash. */
  async put(entry: Entry): Promise<void> {
    this.show(entry);
    await this.#writes.add(() => this.shelf.put(COLLECTION, entry.message.id, entry));
    await this.#dropOldest();
  }

  /** The same for what is worth nothing after a restart, such as a step of progress. */
  show(entry: Entry): void {
    this.#revision += 1;
    const revised = { ...entry, revision: this.#revision };
    this.#entries.set(entry.message.id, revised);
    for (const listener of this.#listeners) listener(entry, asWire(revised));
  }

  /** @returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tabs are not told: what they have is wrong from now on. */
  async remove(matches: (entry: Entry) => boolean): Promise<void> {
    await this.#drop([...this.#entries].filter(([, entry]) => matches(entry)));
  }

  async #dropOldest(): Promise<void> {
    const all = [...this.#entries].sort(([one], [other]) => (one < other ? -1 : 1));
    await this.#drop(all.slice(0, Math.max(0, all.length - MOST)));
  }

  async #drop(going: readonly (readonly [id: string, entry: Entry])[]): Promise<void> {
    // All at once: somebody else may come here while these are being removed.
    for (const [id] of going) this.#entries.delete(id);
    for (const [id, entry] of going) {
      await this.#writes.add(() => this.shelf.remove(COLLECTION, id));
      await this.onDropped(entry);
    }
  }
}

/** Messages had one file at most, and may still be there. */
function entryOf(value: unknown): Entry {
  const { upload, ...entry } = value as Entry & { upload?: string };
  return upload === undefined ? entry : { ...entry, uploads: [upload] };
}

export function isVisible({ audience }: Entry, person: string): boolean {
  return audience === null || audience === person;
}

function asWire({ message, revision }: Revised): WireMessage {
  return { ...message, revision };
}

function order(one: WireMessage, other: WireMessage): number {
  return one.id < other.id ? -1 : 1;
}
