/** What people do, free of any platform. */
import type { Address, Place } from '../studio/order.ts';
import type { RawValue } from './option.ts';
import type { Outbound } from './outbound.ts';

export interface Person {
  /** Unique within the platform. */
  readonly id: string;
  readonly name: string;
  /** May change the settings of the place. */
  readonly admin: boolean;
  /** Ids of the roles that they have in the place, where the platform has roles. */
  readonly roles?: readonly string[];
  /** Milliseconds since 1970, where the platform tells. */
  readonly accountCreatedAt?: number;
  /** When they joined the server. */
  readonly joinedAt?: number;
}

interface Event {
  /** The platform's own id of the event: the same one twice is handled once. */
  readonly id: string;
  readonly person: Person;
  readonly place: Place;
  /** Where the place's channel is a thread: the channel that it belongs to. */
  readonly parentChannel?: string;
  /** Of the message that will answer: complete enough to be stored before `acknowledge`. */
  readonly address: Address;
  readonly responder: Responder;
}

/** A command with its options: typed, chosen from a menu, or filled in. */
export interface CommandEvent extends Event {
  readonly kind: 'command';
  readonly command: string;
  readonly subcommand?: string;
  readonly values: Readonly<Record<string, RawValue>>;
}

/** A button pressed or a menu's choice made. */
export interface ActionEvent extends Event {
  readonly kind: 'action';
  /** `Button.action` or `Menu.action`. */
  readonly action: string;
  /** Of a menu. */
  readonly choice?: string;
}

export type Inbound = CommandEvent | ActionEvent;

/** How the first answer to an event is given: exactly one of these, within 3 s. */
export interface Responder {
  /** A `reply` with the same `private` follows, that takes longer than that to be made. */
  prepare(options?: { readonly private?: boolean }): Promise<void>;
  /**
   * Work has begun: a message stands in the place, which `Platform.show` edits from now on.
   * @returns where it stands, where that was not known before.
   */
  acknowledge(): Promise<Address>;
  /** An answer that is complete; only the person sees it where `private`. */
  reply(outbound: Outbound, options?: { readonly private?: boolean }): Promise<void>;
  /** Nothing to say: what was pressed takes effect elsewhere. */
  dismiss(): Promise<void>;
  /** Removes what the person said, and was answered, where the messages are kept by the bot. */
  forget?(): Promise<void>;
}

/** Somebody is typing an option. */
export interface Typing {
  readonly person: Person;
  readonly place: Place;
  readonly command: string;
  readonly subcommand?: string;
  readonly option: string;
  /** What stands there so far. */
  readonly text: string;
  /** The other options so far. */
  readonly values: Readonly<Record<string, RawValue>>;
}

/** What platforms hand events to. Neither of the two ever throws. */
export interface Handler {
  handle(inbound: Inbound): Promise<void>;
  /** At most 25, the best first. */
  complete(typing: Typing): Promise<readonly string[]>;
}
