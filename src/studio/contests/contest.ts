/**
 * A contest of dreams: what it is, and what happens in it.
 *
 *   submission ─► voting ─► closed
 *        └──────────┴─────► cancelled
 */
import type { DreamJob, Place } from '../order.ts';
import type { ContestSettings } from './settings.ts';

export type Phase = 'submission' | 'voting' | 'closed' | 'cancelled';

/**
 *   waiting ─► approved ◄─► rejected
 *      └──────────┴─► withdrawn, by its author
 *
 *   approved ◄─► removed, after the end: it keeps its place, and is not shown
 */
export type EntryState = 'waiting' | 'approved' | 'rejected' | 'withdrawn' | 'removed';

export interface Contestant {
  /** Unique within the platform. */
  readonly id: string;
  readonly name: string;
}

/** Somebody who does something, as the platform knows them at this moment. */
export interface Actor extends Contestant {
  /** Where they do it: a contest of another server is none of their business. */
  readonly place: Place;
  /** May change the settings of the place. */
  readonly admin: boolean;
  /** Ids of the roles that they have. */
  readonly roles: readonly string[];
  /** Milliseconds since 1970; left out where the platform does not tell. */
  readonly accountCreatedAt?: number;
  /** When they joined the server; left out where they are no member, or nobody knows. */
  readonly joinedAt?: number;
}

/** All that a contest keeps of a dream, whatever becomes of its order. */
export interface EnteredDream {
  readonly order: string;
  readonly job: DreamJob;
  /** What was climbed, as a formula. */
  readonly formula: string;
  readonly rows: number;
  readonly columns: number;
  /** It was kept to the white of a mask. @default false */
  readonly masked?: boolean;
  /** It is shown behind a veil. @default false */
  readonly veiled?: boolean;
}

export interface Entry {
  /** 1 for the first of the contest, and so on; it never changes. */
  readonly number: number;
  readonly dream: EnteredDream;
  readonly by: Contestant;
  readonly title?: string;
  readonly at: number;
  readonly state: EntryState;
  /** Why it was rejected, or removed. */
  readonly reason?: string;
}

export interface Contest {
  readonly id: string;
  readonly place: Place;
  readonly theme: string;
  readonly settings: ContestSettings;
  readonly startedBy: Contestant;
  readonly startedAt: number;
  readonly phase: Phase;
  /** When it closed, or was cancelled. */
  readonly endedAt?: number;
  /** Why it was cancelled. */
  readonly reason?: string;
  /** Why it is to be cancelled, as soon as that is confirmed. */
  readonly cancelling?: string;
  /** By their numbers; also those that are out. */
  readonly entries: readonly Entry[];
}

interface Happened {
  /** Milliseconds since 1970; of a window that closed by itself, the moment it was due. */
  readonly at: number;
}

/** Who did it. */
interface Done extends Happened {
  readonly by: Contestant;
}

interface Started extends Done {
  readonly type: 'started';
  readonly id: string;
  readonly place: Place;
  readonly theme: string;
  readonly settings: ContestSettings;
}

interface Submitted extends Done {
  readonly type: 'submitted';
  readonly dream: EnteredDream;
  readonly title?: string;
}

type Moderated =
  | (Done & { readonly type: 'approved' | 'withdrawn'; readonly entry: number })
  | (Done & { readonly type: 'rejected'; readonly entry: number; readonly reason: string });

/** `by` is missing where the window's time was over. */
interface Advanced extends Happened {
  readonly type: 'voting-opened' | 'closed';
  readonly by?: Contestant;
}

interface Cancelled extends Done {
  readonly type: 'cancel-asked' | 'cancelled';
  readonly reason: string;
}

interface Rescheduled extends Done {
  readonly type: 'rescheduled';
  readonly submissionEndsAt: number;
  readonly votingEndsAt: number;
}

export type ContestEvent = Started | Submitted | Moderated | Advanced | Cancelled | Rescheduled;

/** What somebody wants of a contest that there is. */
export type ContestCommand =
  | { readonly do: 'submit'; readonly dream: EnteredDream; readonly title?: string }
  | { readonly do: 'withdraw'; readonly entry: number }
  | { readonly do: 'approve'; readonly entry: number }
  | { readonly do: 'reject'; readonly entry: number; readonly reason: string }
  /** Names the window, so that a second click does not close the next one. */
  | { readonly do: 'close'; readonly window: 'submission' | 'voting' }
  | { readonly do: 'ask-cancel'; readonly reason: string }
  /** @default reason the one that was asked with */
  | { readonly do: 'cancel'; readonly reason?: string }
  | ({ readonly do: 'reschedule' } & NewEnds);

/** Milliseconds since 1970; what is left out stays. */
export interface NewEnds {
  readonly submissionEndsAt?: number;
  readonly votingEndsAt?: number;
}

/** What a person says about entries. */
export type Vote =
  /** None takes the ballot back. */
  | { readonly voting: 'approval'; readonly entries: readonly number[] }
  /** The best first. */
  | { readonly voting: 'ranked'; readonly entries: readonly number[] }
  /** `winner` is null where both are equally good. */
  | {
      readonly voting: 'duels';
      readonly pair: readonly [number, number];
      readonly winner: number | null;
    };

/** What counts of it: one for each person, in duels one for each person and pair. */
export interface Ballot {
  /** `Contestant.id`. */
  readonly voter: string;
  /** '3-17', the smaller number first; empty but for duels. */
  readonly pair: string;
  /** Numbers of entries: those approved, those ranked, or the winner. */
  readonly choice: readonly number[];
}
