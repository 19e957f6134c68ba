/**
 * The studio: takes orders, keeps them, renders them in processes of their own, fairly.
 *
 *   submit ─► [supply] ─► queue ─► render process ─► result in the store ─► whoever watches
 *
 * What it has accepted is stored: after a crash it goes on where it was.
 */
import type { NewOrder, Order, OrderFailure, OrderUpdate, Address } from './order.ts';

export interface Studio {
  readonly kept: Kept;
  /**
   * Stores an order. The same `event` again gives the order that is there already.
   * @throws DreamError 'queue-full' (with the minutes to wait) or 'too-many-orders'.
   */
  submit(order: NewOrder): Promise<Order>;
  /**
   * What a `received` order waited for has arrived: it is checked, stored, and the order queued.
   * @param picture null where it was not to be fetched; so with the mask.
   * @throws DreamError 'bad-picture' or 'picture-too-large'; the order stays as it is.
   */
  supply(id: string, picture: Uint8Array | null, mask?: Uint8Array | null): Promise<void>;
  /** Ends an order that cannot go on. */
  fail(id: string, failure: OrderFailure): Promise<void>;
  /** Ends an order that is not done; a render stops within one step. False where it is too late. */
  cancel(id: string): Promise<boolean>;

  order(id: string): Promise<Order | null>;
  /** From how it stands now to its end: the last is rendered, failed, cancelled or delivered. */
  watch(id: string, signal?: AbortSignal): AsyncIterable<OrderUpdate>;
  /** Not yet delivered, oldest first: what a restart has to take up. */
  undelivered(): Promise<Order[]>;
  /** A person's orders, newest first. */
  ordersOf(person: OrderOwner, limit: number): Promise<Order[]>;

  /** PNG of a rendered order, with its recipe inside. */
  result(id: string): Promise<Uint8Array>;
  /** The picture that the order began with, PNG, as large as it was dreamed. */
  source(id: string): Promise<Uint8Array>;

  /** The message that answers an order has moved. */
  readdress(id: string, address: Address): Promise<void>;
  /** From here on the answer may have got through. */
  beginDelivery(id: string): Promise<void>;
  delivered(id: string): Promise<void>;

  queue(): Promise<QueueReport>;
  /** Removes a person's finished orders and their pictures, and cancels the others. */
  forget(person: OrderOwner): Promise<number>;
}

/** How long delivered orders stay. */
export interface Kept {
  /** After the delivery. */
  readonly days: number;
  /** Of all pictures together; beyond them the oldest go before their time. */
  readonly bytes: number;
}

export interface OrderOwner {
  readonly platform: string;
  readonly id: string;
}

export interface QueueReport {
  readonly rendering: readonly string[];
  /** Orders in the order in which they will be taken. */
  readonly waiting: readonly string[];
  /** Seconds until a new order of usual size would be done. */
  readonly eta: number | null;
  readonly concurrency: number;
}
