/** What somebody asked for, as it is stored before it is acknowledged, and what becomes of it. */
import type { Recipe } from '../dream/recipe.ts';
import type { DreamErrorCode } from '../kit/errors.ts';
import type { Evidence } from './evidence.ts';

/**
 * Where it stands:
 *
 *   received ─► queued ─► rendering ─► rendered ─► delivered
 *       └──────────┴───────────┴──► failed | cancelled ─► delivered
 *
 * `received` waits for its picture, and its mask, to be fetched. `delivered` is the end of every order: its
 * person has the picture, or knows why not.
 */
export type OrderState =
  'received' | 'queued' | 'rendering' | 'rendered' | 'failed' | 'cancelled' | 'delivered';

/** Where the picture to dream on comes from. */
export type PictureSource =
  /** The platform fetches it: `Attachment.reference`. */
  | { readonly from: 'attachment'; readonly reference: string; readonly name: string }
  /** The result of an earlier order; `zoom` > 1 takes its middle, enlarged. */
  | { readonly from: 'result'; readonly order: string; readonly zoom: number }
  /** The same picture that an earlier order began with. */
  | { readonly from: 'source'; readonly order: string }
  /** The clouds that come with the program. */
  | { readonly from: 'clouds' };

/** Where the mask of a dream comes from. */
export type MaskSource =
  | Extract<PictureSource, { from: 'attachment' }>
  /** The mask that an earlier order has. */
  | { readonly from: 'mask'; readonly order: string };

export interface DreamJob {
  readonly kind: 'dream';
  readonly model: string;
  readonly recipe: Recipe;
  /** Longest side in pixels that the picture is brought to. */
  readonly size: number;
  /** Allows layers beyond the model's `deepestLayer`. */
  readonly deepLayers: boolean;
}

/** The layers worth dreaming at, tried on the picture, on one sheet. */
export interface SheetJob {
  readonly kind: 'sheet';
  readonly model: string;
  readonly layers: readonly string[];
  readonly recipe: Recipe;
  readonly deepLayers: boolean;
}

export type Job = DreamJob | SheetJob;

export interface Requester {
  /** Unique within the platform. */
  readonly id: string;
  readonly name: string;
}

/** A place where people talk. Names of platforms are data: nothing below src/platforms knows one. */
export interface Place {
  readonly platform: string;
  /** A server, workspace or the like; a conversation of two has none. */
  readonly server?: string;
  readonly channel: string;
}

/** What a platform needs to answer, also after a restart: JSON that it alone understands. */
export type Address = Readonly<Record<string, string | number | boolean | null>>;

export interface NewOrder {
  readonly requester: Requester;
  readonly place: Place;
  readonly address: Address;
  readonly job: Job;
  readonly source: PictureSource;
  /** A picture: where it is white the dream takes place. @default everywhere */
  readonly mask?: MaskSource;
  /** The platform's own name of the request: the same event twice is one order. */
  readonly event: string;
  /** The order whose button or command led here. */
  readonly parent?: string;
  /** Shows the result behind a veil. */
  readonly spoiler: boolean;
}

export interface Order extends NewOrder {
  /** 12 letters and digits. */
  readonly id: string;
  readonly state: OrderState;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Times that a render process died of it. */
  readonly crashes: number;
  /** Of an order that was rendered. */
  readonly result?: OrderResult;
  /** Of an order that failed. */
  readonly failure?: OrderFailure;
  /** The delivery was begun; whether it got through is known when the state is `delivered`. */
  readonly deliveryBegun: boolean;
}

export interface OrderResult {
  readonly rows: number;
  readonly columns: number;
  /** What was climbed, as a formula. */
  readonly formula: string;
  /** Sentences for the person: a picture shrunk, octaves left out, an engine replaced. */
  readonly notices: readonly string[];
  /** The picture was probably explicit: it is shown behind a veil. */
  readonly doubtful?: boolean;
  /** What computed, in words. */
  readonly engine: string;
  /** Wall-clock seconds of the render. */
  readonly seconds: number;
  /** Scores, one a step, from the first octave to the last. */
  readonly scores: readonly number[];
  /** Of a dream of a class. */
  readonly evidence?: Evidence;
}

export interface OrderFailure {
  readonly code: DreamErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** What is told about an order while it is under way. */
export type OrderUpdate =
  | { readonly state: 'received' }
  | {
      readonly state: 'queued';
      /** How many go before it; 0 is next. */
      readonly ahead: number;
      /** Seconds until it is done, as far as measured speed tells. */
      readonly eta: number | null;
    }
  | {
      readonly state: 'rendering';
      /** 0 … 1 of the work, not of the steps. */
      readonly fraction: number;
      readonly eta: number | null;
      /** From 1; 0 of 0 before the first step. */
      readonly octave: number;
      readonly octaves: number;
      /** JPEG of the picture as it stands, after each octave. */
      readonly preview?: Uint8Array;
    }
  | { readonly state: 'rendered' | 'failed' | 'cancelled' | 'delivered' };
