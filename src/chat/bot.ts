/** Platforms, commands and the studio, joined. */
import type { Logger } from '../kit/log.ts';
import type { Shelf } from '../kit/shelf.ts';
import type { Models } from '../studio/models.ts';
import type { Studio } from '../studio/studio.ts';
import type { Action, Command } from './command.ts';
import { Courier } from './courier.ts';
import type { Platform } from './platform.ts';
import { createRouter } from './router.ts';

export interface ChatBotParts {
  readonly studio: Studio;
  readonly models: Models;
  readonly shelf: Shelf;
  readonly platforms: readonly Platform[];
  readonly commands: readonly Command[];
  readonly actions: readonly Action[];
  readonly log: Logger;
}

/** Between two looks for orders whose delivery was given up, milliseconds. */
const RESUME_INTERVAL = 600_000;

export class ChatBot {
  readonly #parts: ChatBotParts;
  readonly #courier: Courier;
  #resuming: NodeJS.Timeout | undefined;

  constructor(parts: ChatBotParts) {
    this.#parts = parts;
    this.#courier = new Courier(parts);
  }

  /** Connects the platforms, and takes up what was not delivered. */
  async start(): Promise<void> {
    const router = createRouter({ ...this.#parts, courier: this.#courier });
    await Promise.all(this.#parts.platforms.map((platform) => platform.start(router)));
    await this.#courier.resume();
    this.#resuming = setInterval(() => {
      this.#courier.resume().catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'undelivered orders could not be read');
      });
    }, RESUME_INTERVAL);
  }

  /** Delivers what is done; what is not is taken up at the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#resuming);
    await this.#courier.stop();
    await Promise.all(this.#parts.platforms.map((platform) => platform.stop()));
  }
}
