/** A platform seen from outside: what people do there and see there, over its real protocol. */
import type { Platform } from '../../src/chat/platform.ts';
import type { Shelf } from '../../src/kit/shelf.ts';

/** Two people who share a channel; ann is an admin of the place. */
export type Who = 'ann' | 'bob';

export interface Seen {
  readonly id: string;
  readonly text: string;
  /** Name and value of the fields, a line each. */
  readonly fields: string;
  readonly alt: string | null;
  readonly picture: Uint8Array | null;
  readonly buttons: readonly { readonly label: string; readonly action: string }[];
  readonly menu: { readonly action: string; readonly values: readonly string[] } | null;
  /** Only the person sees it. */
  readonly private: boolean;
}

/** What a platform is given besides, where it needs it. */
export interface HarnessParts {
  readonly shelf: Shelf;
  readonly pictures: { read(id: string): Promise<Uint8Array> };
}

export interface PlatformHarness {
  readonly name: string;
  /** A platform for this harness's stand-in of the service, not started; again after a restart. */
  connect(parts?: HarnessParts): Promise<Platform>;
  /** As typed or filled in: values are text; files go where the platform puts them. */
  command(
    who: Who,
    command: string,
    values: Readonly<Record<string, string>>,
    picture?: Uint8Array,
    mask?: Uint8Array,
  ): Promise<void>;
  press(who: Who, message: Seen, action: string, choice?: string): Promise<void>;
  complete(who: Who, command: string, option: string, text: string): Promise<readonly string[]>;
  /** What stands in the channel for this person, oldest first, as edited so far. */
  messages(who: Who): readonly Seen[] | Promise<readonly Seen[]>;
  /** Resolves when anything has changed in what people see. */
  changed(): Promise<void>;
  /** Faults on demand: the next request that writes a message fails with this status. */
  failNext?(status: number, body?: unknown): void;
  close(): Promise<void>;
}
