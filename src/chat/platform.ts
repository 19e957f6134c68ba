import type { Address, Place } from '../studio/order.ts';
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
   * A message that answers nobody, in the channel of a place.
   * @throws Undeliverable where no repetition can help.
   */
  announce(place: Place, outbound: Outbound, sending: Sending): Promise<void>;
  /**
   * Gives a person a role of the place's server, where the platform has roles.
   * @throws DreamError 'not-allowed' that says what the bot lacks.
   */
  grantRole?(place: Place, person: string, role: string): Promise<void>;
  /**
   * The bytes of an attachment.
   * @param maxBytes where it is no picture. @default as many as a picture may have
   * @throws DreamError 'bad-picture', 'picture-too-large' or 'fetch-failed'.
   */
  fetch(
    attachment: Pick<Attachment, 'reference' | 'name'>,
    signal: AbortSignal,
    maxBytes?: number,
  ): Promise<Uint8Array>;
}

export interface Sending {
  /** The same for all attempts: an order's id, or what is announced. Letters, digits and dashes. */
  readonly key: string;
  /** An earlier attempt may have got through: look before sending again. */
  readonly again: boolean;
}

export interface Delivery extends Sending {
  /** `Person.id`, for a mention. */
  readonly person: string;
}

/** The place is gone, or the bot may not speak there: repeating it cannot help. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
}
