import type { Address } from '../studio/order.ts';
import type { Handler } from './inbound.ts';
import type { Attachment } from './option.ts';
import type { Outbound } from './outbound.ts';

/** A chat platform: it carries events in and messages out, and decides nothing. */
export interface Platform {
  /** What `Place.platform` says. */
  readonly name: string;
  /** Milliseconds that two edits of one message have to lie apart. */
  readonly editInterval: number;
  /** Connects; from then on events reach the handler. */
  start(handler: Handler): Promise<void>;
  /** Takes no more events and closes its connections; messages in flight are finished. */
  stop(): Promise<void>;
  /** Whether it is connected. */
  ready(): boolean;
  /**
   * Edits the message at the address, or puts it there.
   * @returns the address from now on.
   * @throws whatever the platform says; a progress message lost is no harm.
   */
  show(address: Address, outbound: Outbound): Promise<Address>;
  /**
   * The final answer, also long after the question: an edit of the message at the address where
   * that can be, else a new one in the same place that mentions the person.
   * @throws Undeliverable where no repetition can help.
   */
  deliver(address: Address, outbound: Outbound, delivery: Delivery): Promise<void>;
  /**
   * The bytes of an attachment.
   * @throws DreamError 'bad-picture', 'picture-too-large' or 'fetch-failed'.
   */
  fetch(
    attachment: Pick<Attachment, 'reference' | 'name'>,
    signal: AbortSignal,
  ): Promise<Uint8Array>;
}

export interface Delivery {
  /** The order's id: with it two deliveries of the same answer can be told apart from two answers. */
  readonly key: string;
  /** An earlier attempt may have got through: look before sending again. */
  readonly again: boolean;
  /** `Person.id`, for a mention. */
  readonly person: string;
}

/** The place is gone, or the bot may not speak there: repeating it cannot help. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
}
