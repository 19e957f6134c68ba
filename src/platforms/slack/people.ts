/** Who somebody is: asked of Slack once in a while. */
import type { webApi } from '@slack/bolt';
import type { Person } from '../../chat/inbound.ts';
import type { Logger } from '../../kit/log.ts';
import { patiently } from './failures.ts';

const MINUTES = 5 * 60_000;
const MOST = 1000;

interface Known {
  readonly person: Promise<Person>;
  readonly until: number;
}

export class People {
  readonly #client: webApi.WebClient;
  readonly #log: Logger;
  readonly #known = new Map<string, Known>();

  constructor(client: webApi.WebClient, log: Logger) {
    this.#client = client;
    this.#log = log;
  }

  /** @param name what the event calls them, where Slack does not say. */
  find(id: string, name?: string): Promise<Person> {
    const now = Date.now();
    const known = this.#known.get(id);
    if (known && known.until > now) return known.person;
    this.#known.delete(id);
    const person = this.#ask(id).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'Slack does not say who somebody is; taken for no admin');
      this.#known.delete(id);
      return { id, name: name ?? id, admin: false };
    });
    this.#known.set(id, { person, until: now + MINUTES });
    // A map keeps the order of arrival.
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
    return person;
  }

  async #ask(id: string): Promise<Person> {
    const { user } = await patiently(() => this.#client.users.info({ user: id }));
    const { display_name: display, real_name: real } = user?.profile ?? {};
    const name = [display, real, user?.real_name, user?.name].find((each) => each) ?? id;
    return { id, name, admin: user?.is_admin === true || user?.is_owner === true };
  }
}
