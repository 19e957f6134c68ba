/** What the server and the page tell each other, as JSON. */
import type { Option } from '../../chat/option.ts';
import type { Outbound } from '../../chat/outbound.ts';

/** Milliseconds from one sign of life of an open stream to the next. */
export const HEARTBEAT = 15_000;

/** Characters of a line. */
export const MOST_TEXT = 2000;

/** What the bot says goes to the page as it is, but for pictures and documents. */
type Said = Omit<Outbound, 'picture' | 'document'>;

/** A message as one person sees it. */
export interface WireMessage extends Said {
  /** In the order in which messages were said. */
  readonly id: string;
  /** Grows with every change of any message: the newest state of a message has the highest. */
  readonly revision: number;
  /** Null for the bot. */
  readonly author: { readonly id: string; readonly name: string } | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Nobody else sees it. */
  readonly private: boolean;
  readonly picture?: WirePicture;
  /** Another that somebody sent with it, such as its mask. */
  readonly beside?: WirePicture;
  readonly document?: WireDocument;
  /** The names of files that came with it and are no pictures: they go to the command alone. */
  readonly file?: string;
  /** The names of files that came with it and are no longer kept. */
  readonly gone?: string;
}

export interface WirePicture {
  /** Paths on this server. */
  readonly source: string;
  readonly before?: string;
  readonly name: string;
  readonly alt: string;
  readonly spoiler: boolean;
  /** Of a piece of work that goes on. */
  readonly preview: boolean;
  /** Pixels, where they are known: the page keeps room for it. */
  readonly width?: number;
  readonly height?: number;
}

export interface WireDocument {
  /** A path on this server. */
  readonly source: string;
  readonly name: string;
}

export interface WireCommand {
  readonly name: string;
  readonly description: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly onPicture: boolean;
  /** Of a command that has several parts; else empty. */
  readonly subcommands: readonly WireCommand[];
}

/** What a page that has just been opened, or was away for long, is told first. */
export interface Snapshot {
  /** Oldest first. */
  readonly messages: readonly WireMessage[];
  readonly you: { readonly id: string; readonly name: string };
  readonly commands: readonly WireCommand[];
  /** Bytes of a picture. */
  readonly maxPicture: number;
  /** The same of a file for a command that takes any. */
  readonly maxFile: number;
  readonly examples: readonly Example[];
  /** Paths of a picture, and of what was dreamed on it. */
  readonly sample: { readonly before: string; readonly after: string } | null;
}

export interface Example {
  /** As typed. */
  readonly line: string;
  /** A few words. */
  readonly says: string;
}

/** The answer to a line that was sent. */
export interface Accepted {
  /** Of the message that stands there now. */
  readonly message: string;
  /** False where it was refused: the page gives the line back, with its files, for a correction. */
  readonly understood: boolean;
}

/** The answer to everything that was refused. */
export interface Refusal {
  readonly message: string;
  readonly hint?: string;
}
