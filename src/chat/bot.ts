/** Platforms, commands and the studio, joined. */
import type { Logger } from '../kit/log.ts';
import type { Shelf } from '../kit/shelf.ts';
import type { Contests } from '../studio/contests/contests.ts';
import type { Models } from '../studio/models.ts';
import type { Place } from '../studio/order.ts';
import type { Studio } from '../studio/studio.ts';
import { actorOf } from './actor.ts';
import type { Action, Command, Context } from './command.ts';
import { announceTurn } from './contests/announcing.ts';
import { Courier } from './courier.ts';
import { NewModels } from './new-models.ts';
import type { AddingRules } from './new-models.ts';
import type { Platform } from './platform.ts';
import { createRouter } from './router.ts';

export interface ChatBotParts {
  readonly studio: Studio;
  readonly models: Models;
  readonly contests: Contests;
  /** @default no contest has a public page */
  readonly galleryLink?: Context['galleryLink'];
  /** @default nobody may add models */
  readonly adding?: AddingRules;
  readonly shelf: Shelf;
  readonly platforms: readonly Platform[];
  readonly commands: readonly Command[];
  readonly actions: readonly Action[];
  readonly log: Logger;
}

/** Between two looks for orders that nobody follows, milliseconds: stored, and not said to be. */
const RESUME_INTERVAL = 600_000;

export class ChatBot {
  readonly #parts: ChatBotParts;
  readonly #courier: Courier;
  readonly #newModels: NewModels;
  #resuming: NodeJS.Timeout | undefined;

  constructor(parts: ChatBotParts) {
    this.#parts = parts;
    this.#courier = new Courier({ ...parts, takesEntries: (place) => this.#takesEntries(place) });
    this.#newModels = new NewModels(parts);
  }

  /** Connects the platforms, and takes up what was not delivered. */
  async start(): Promise<void> {
    const { platforms, contests, log } = this.#parts;
    const parts = { galleryLink: () => null, ...this.#parts };
    const announce: Context['announce'] = (...said) => this.#announce(...said);
    const router = createRouter({
      ...parts,
      announce,
      courier: this.#courier,
      newModels: this.#newModels,
    });
    await Promise.all(platforms.map((platform) => platform.start(router)));
    await this.#courier.resume();
    await this.#newModels.resume();
    await contests.begin((turn) => announceTurn(turn, parts));
    this.#resuming = setInterval(() => {
      this.#courier.resume().catch((error: unknown) => {
        log.error({ err: error }, 'undelivered orders could not be read');
      });
    }, RESUME_INTERVAL);
  }

  /** Delivers what is done; what is not is taken up at the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#resuming);
    await this.#parts.contests.stop();
    await Promise.all([this.#courier.stop(), this.#newModels.stop()]);
    await Promise.all(this.#parts.platforms.map((platform) => platform.stop()));
  }

  async #takesEntries(place: Place): Promise<boolean> {
    const anybody = actorOf({ id: '', name: '', admin: false }, place);
    const running = await this.#parts.contests.read.running(anybody);
    return running.some(({ phase }) => phase === 'submission');
  }

  async #announce(...[place, outbound, key]: Parameters<Context['announce']>): Promise<boolean> {
    const { platforms, log } = this.#parts;
    const platform = platforms.find(({ name }) => name === place.platform);
    try {
      if (!platform) throw new Error(`${place.platform} is not connected`);
      await platform.announce(place, outbound, { key, again: false });
      return true;
    } catch (error) {
      log.warn({ err: error, platform: place.platform }, 'not announced');
      return false;
    }
  }
}
