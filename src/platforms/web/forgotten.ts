/** Up to where each person wanted all forgotten: what is on its way to them since then stays unsaid. */
import type { Inbound } from '../../chat/inbound.ts';
import type { Shelf } from '../../kit/shelf.ts';

const COLLECTION = 'web-forgotten';

export class Forgotten {
  /** Ids of messages, which sort by time, by person. */
  readonly #until = new Map<string, string>();

  constructor(private readonly shelf: Shelf) {}

  async load(): Promise<void> {
    for (const { key, value } of await this.shelf.list(COLLECTION)) {
      this.#until.set(key, String(value));
    }
  }

  /** What comes from now on has to be newer. */
  get all(): readonly string[] {
    return [...this.#until.values()];
  }

  /** @param until the newest message that is forgotten. */
  async note(person: string, until: string): Promise<void> {
    this.#until.set(person, until);
    await this.shelf.put(COLLECTION, person, until);
  }

  /** Whether an answer belongs to what was asked before. */
  covers({ person, message }: Inbound['address']): boolean {
    const until = typeof person === 'string' ? this.#until.get(person) : undefined;
    return until !== undefined && String(message) <= until;
  }
}
