/**
 * The tables, as SQLite and PostgreSQL both can hold them: text, whole numbers, JSON as text.
 * Times are milliseconds since 1970; switches are 0 or 1.
 */
import type { ColumnType } from 'kysely';
import type { Phase } from '../contests/contest.ts';
import type { OrderState } from '../order.ts';

/** PostgreSQL gives 64 bits as text. */
type Time = ColumnType<number | string, number, number>;

export interface Tables {
  orders: OrdersTable;
  shelf: ShelfTable;
  contests: ContestsTable;
  contest_events: ContestEventsTable;
  contest_ballots: BallotsTable;
  contest_ballot_log: BallotLogTable;
  contest_offers: OffersTable;
  contest_announcements: AnnouncementsTable;
}

export interface OrdersTable {
  id: string;
  /** The order in which orders came: the clock may jump. */
  sequence: number;
  platform: string;
  /** Unique within the platform. */
  event: string;
  /** `Requester.id`. */
  person: string;
  server: string | null;
  state: OrderState;
  /** JSON: the rest of `NewOrder`. */
  wish: string;
  /** JSON: `Address`. */
  address: string;
  /** JSON: `PictureFacts`, once the picture is stored. */
  picture: string | null;
  /** JSON: `OrderResult`. */
  result: string | null;
  /** JSON: `OrderFailure`. */
  failure: string | null;
  crashes: number;
  /** Times that the whole bot went down while it was rendered. */
  interruptions: number;
  delivery_begun: number;
  /** Its person wants it forgotten: removed once it is delivered. */
  forgotten: number;
  created_at: Time;
  updated_at: Time;
}

export interface ShelfTable {
  collection: string;
  key: string;
  /** JSON. */
  value: string;
}

export interface ContestsTable {
  id: string;
  platform: string;
  server: string | null;
  channel: string;
  /** The platform's name of the request that started it: unique within the platform. */
  event: string;
  phase: Phase;
  /** Events so far. */
  version: number;
  /** Votes so far, changed ones included. */
  votes: number;
  /** When it goes on by itself. */
  due_at: Time | null;
  started_at: Time;
  ended_at: Time | null;
  /** Turns voters' ids into pseudonyms. */
  secret: string;
  /** JSON: what came out, once it was counted. */
  results: string | null;
}

export interface ContestEventsTable {
  contest: string;
  /** 1, 2, 3 … without a gap. */
  sequence: number;
  /** JSON: `ContestEvent`. */
  event: string;
}

/** What counts now. */
export interface BallotsTable {
  contest: string;
  voter: string;
  /** '3-17' in duels, else empty. */
  pair: string;
  /** JSON: numbers of entries. */
  choice: string;
}

/** Every ballot that was ever cast. */
export interface BallotLogTable extends BallotsTable {
  /** 1, 2, 3 … without a gap. */
  sequence: number;
  at: Time;
}

/** Pairs that were shown and are not decided. */
export interface OffersTable {
  contest: string;
  voter: string;
  /** '17-3': as it was shown, the left one first. */
  pair: string;
}

export interface AnnouncementsTable {
  contest: string;
  phase: Phase;
  state: 'due' | 'begun' | 'done';
  attempts: number;
  /** Not before. */
  at: Time;
}
