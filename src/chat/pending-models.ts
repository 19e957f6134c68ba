/** Who waits for an answer about a model: kept, so that nobody waits for ever after a crash. */
import { randomUUID } from 'node:crypto';
import pRetry from 'p-retry';
import * as z from 'zod';
import type { Logger } from '../kit/log.ts';
import type { Shelf } from '../kit/shelf.ts';
import type { Address, Place } from '../studio/order.ts';
import type { Outbound } from './outbound.ts';
import type { Platform } from './platform.ts';
import { Undeliverable } from './platform.ts';

const COLLECTION = 'pending-models';

const schema = z.object({
  id: z.string(),
  /** The model's. */
  name: z.string(),
  place: z.object({ platform: z.string(), server: z.string().optional(), channel: z.string() }),
  address: z.record(z.string(), z.unknown()),
  /** `Person.id` */
  person: z.string(),
});

export interface PendingModel {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  readonly address: Address;
  readonly person: string;
}

export interface PendingParts {
  readonly shelf: Shelf;
  readonly platforms: readonly Platform[];
  readonly log: Logger;
}

export class PendingModels {
  constructor(private readonly parts: PendingParts) {}

  async note(waiting: Omit<PendingModel, 'id'>): Promise<PendingModel> {
    const pending = { ...waiting, id: `model-${randomUUID()}` };
    await this.parts.shelf.put(COLLECTION, pending.id, pending);
    return pending;
  }

  async readdress(pending: PendingModel, address: Address): Promise<PendingModel> {
    const moved = { ...pending, address };
    await this.parts.shelf.put(COLLECTION, pending.id, moved);
    return moved;
  }

  async all(): Promise<PendingModel[]> {
    const rows = await this.parts.shelf.list(COLLECTION);
    return rows.map(({ value }) => schema.parse(value) as PendingModel);
  }

  /** Something on the way; lost, it is no harm. */
  async show({ address, place }: PendingModel, outbound: Outbound): Promise<void> {
    try {
      await this.#platform(place)?.show(address, outbound);
    } catch (error) {
      this.parts.log.debug({ err: error }, 'progress not shown');
    }
  }

  /** The end of it. Never fails: what cannot be told now is told at the next start. */
  async tell(
    { id, name, address, place, person }: PendingModel,
    outbound: Outbound,
    again = false,
  ): Promise<void> {
    const { shelf, log } = this.parts;
    const platform = this.#platform(place);
    if (!platform) return;
    let repeated = again;
    const send = async (): Promise<void> => {
      const delivery = { key: id, again: repeated, person };
      repeated = true;
      await platform.deliver(address, outbound, delivery);
    };
    try {
      await pRetry(send, {
        retries: 5,
        shouldRetry: ({ error }) => !(error instanceof Undeliverable),
      });
    } catch (error) {
      log.warn({ err: error, platform: place.platform }, 'an answer about a model was not told');
      if (!(error instanceof Undeliverable)) return;
    }
    await shelf.remove(COLLECTION, id).catch((error: unknown) => {
      log.error({ err: error, model: name }, 'that an answer was told could not be noted down');
    });
  }

  #platform({ platform }: Place): Platform | undefined {
    return this.parts.platforms.find(({ name }) => name === platform);
  }
}
