/**
 * Models that people bring through the chat. Looking at one takes seconds: it is acknowledged,
 * looked at in the background, and what was understood takes the place of the acknowledgement.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import type { Shelf } from '../kit/shelf.ts';
import { checkName, nameFrom, removeModel } from '../studio/adding/shelf.ts';
import type { AddedModel } from '../studio/adding/shelf.ts';
import type { Models } from '../studio/models.ts';
import type { Place } from '../studio/order.ts';
import type { Environment } from '../studio/processes/task-process.ts';
import { addBroughtFile } from './brought-file.ts';
import type { AskedModel } from './brought-file.ts';
import type { Inbound, Person } from './inbound.ts';
import { PendingModels } from './pending-models.ts';
import type { PendingModel } from './pending-models.ts';
import type { Platform } from './platform.ts';
import { addedMessage, interruptedMessage, lookingMessage, refusedMessage } from './model-words.ts';

/** What a host says about models from the chat. */
export interface AddingRules {
  /** A model is written into the host's own folder: a right of the host, not of a server. */
  readonly mayAdd: (person: Person, place: Place) => boolean;
  /** What processes that look at models see of the environment. */
  readonly environment: Environment;
  /** Bytes of a file that somebody sends. */
  readonly maxBytes: number;
}

export interface NewModelsParts {
  /** @default nobody may add models */
  readonly adding?: AddingRules;
  readonly models: Pick<Models, 'folder' | 'names'>;
  readonly platforms: readonly Platform[];
  readonly shelf: Shelf;
  readonly log: Logger;
}

type Asking = Pick<Inbound, 'person' | 'place' | 'address' | 'responder'>;

export class NewModels {
  readonly #parts: NewModelsParts;
  readonly #pending: PendingModels;
  readonly #stopping = new AbortController();
  /** One at a time: each may take all the memory that there is for them. */
  readonly #work = new PQueue({ concurrency: 1 });

  constructor(parts: NewModelsParts) {
    this.#parts = parts;
    this.#pending = new PendingModels(parts);
  }

  /**
   * Answers the event, and goes on in the background.
   * @throws DreamError what can be told before the file is fetched.
   */
  async add(asked: AskedModel, { person, place, address, responder }: Asking): Promise<void> {
    const rules = this.#rulesFor(person, place);
    const { file, name = nameFrom(file.name) } = asked;
    checkName(name);
    if (existsSync(join(this.#parts.models.folder, name))) {
      const hint = 'Choose another name, or remove that one first: /models remove.';
      throw new DreamError('bad-option', `there is a model named '${name}' already`, hint);
    }
    if ((file.size ?? 0) > rules.maxBytes) throw tooLarge(rules);
    const noted = await this.#pending.note({ name, place, address, person: person.id });
    const found = await responder.acknowledge().catch((error: unknown) => {
      this.#parts.log.warn({ err: error, model: name }, 'not acknowledged');
      return address;
    });
    const pending = await this.#pending.readdress(noted, found);
    void this.#work.add(() => this.#see(pending, asked, rules));
  }

  /** @throws DreamError 'not-allowed', 'unknown-model' */
  async remove(name: string, { person, place }: Pick<Asking, 'person' | 'place'>): Promise<void> {
    this.#rulesFor(person, place);
    await removeModel(name, this.#parts.models.folder);
    this.#parts.log.info({ model: name, platform: place.platform }, 'a model was removed');
  }

  /** Tells those who were waiting for an answer when the bot went down. */
  async resume(): Promise<void> {
    const names = await this.#parts.models.names();
    for (const pending of await this.#pending.all()) {
      void this.#work.add(() =>
        this.#pending.tell(pending, interruptedMessage(pending.name, names), true),
      );
    }
  }

  /** What is being looked at is given up, and its person told. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.settled();
  }

  /** Resolves when everybody has their answer. */
  async settled(): Promise<void> {
    await this.#work.onIdle();
  }

  /** @throws DreamError 'not-allowed' that says what would allow it */
  #rulesFor({ id, ...person }: Person, place: Place): AddingRules {
    const { adding } = this.#parts;
    if (adding?.mayAdd({ id, ...person }, place)) return adding;
    throw new DreamError(
      'not-allowed',
      'models are added and removed by the people who run this bot',
      `They can name you in MODEL_ADMINS, in its .env: \`${place.platform}:${id}\`.`,
    );
  }

  async #see(pending: PendingModel, asked: AskedModel, rules: AddingRules): Promise<void> {
    const { log } = this.#parts;
    const { name } = pending;
    try {
      await this.#pending.show(pending, lookingMessage(name));
      const added = await this.#added(pending, asked, rules);
      log.info({ model: name, platform: pending.place.platform }, 'a model was added');
      await this.#pending.tell(pending, addedMessage(added));
    } catch (error) {
      const stopped = this.#stopping.signal.aborted;
      if (!stopped && !(error instanceof DreamError)) {
        log.error({ err: error, model: name }, 'a model could not be looked at');
      }
      await this.#pending.tell(
        pending,
        stopped ? interruptedMessage(name, []) : refusedMessage(error),
      );
    }
  }

  #added(
    { name, place }: PendingModel,
    asked: AskedModel,
    { environment, maxBytes }: AddingRules,
  ): Promise<AddedModel> {
    const { platforms, models } = this.#parts;
    const platform = platforms.find((each) => each.name === place.platform)!;
    const { signal } = this.#stopping;
    const file = { name, asked, platform, maxBytes, environment, signal };
    return addBroughtFile(file, models.folder);
  }
}

function tooLarge({ maxBytes }: AddingRules): DreamError {
  return new DreamError(
    'picture-too-large',
    `the file is larger than ${Math.floor(maxBytes / 2 ** 20)} MB`,
    'The people who run this bot can add it by the command line, or raise MAX_MODEL_MB.',
  );
}
