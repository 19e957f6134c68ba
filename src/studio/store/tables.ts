/**
 * The tables, as SQLite and PostgreSQL both can hold them: text, whole numbers, JSON as text.
 * Times are milliseconds since 1970; switches are 0 or 1.
 */
import type { ColumnType } from 'kysely';
import type { OrderState } from '../order.ts';

/** PostgreSQL gives 64 bits as text. */
type Time = ColumnType<number | string, number, number>;

export interface Tables {
  orders: OrdersTable;
  shelf: ShelfTable;
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
