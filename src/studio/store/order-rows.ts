/** Orders as rows of the database, and back. */
import type { Insertable, Selectable, Updateable } from 'kysely';
import type {
  Address,
  NewOrder,
  Order,
  OrderFailure,
  OrderResult,
  OrderState,
  Requester,
} from '../order.ts';
import type { PictureFacts } from '../picture-facts.ts';
import { newOrderId } from './order-id.ts';
import type { OrdersTable } from './tables.ts';

/** An order with what is nobody's business outside the studio. */
export interface StoredOrder extends Order {
  readonly sequence: number;
  readonly picture: PictureFacts | null;
  readonly interruptions: number;
  readonly forgotten: boolean;
}

/** What can change of an order. */
export interface OrderChange {
  readonly state?: OrderState;
  readonly address?: Address;
  readonly picture?: PictureFacts;
  readonly result?: OrderResult;
  readonly failure?: OrderFailure;
  readonly crashes?: number;
  readonly interruptions?: number;
  readonly deliveryBegun?: boolean;
  readonly forgotten?: boolean;
}

type Row = Selectable<OrdersTable>;

interface Wish extends Pick<NewOrder, 'job' | 'source' | 'mask' | 'parent' | 'spoiler'> {
  readonly requester: Requester;
  readonly channel: string;
}

export function newRow(order: NewOrder, sequence: number): Insertable<OrdersTable> & Row {
  const { requester, place, address, job, source, mask, event, parent, spoiler } = order;
  const { platform, server = null, channel } = place;
  const now = Date.now();
  const wish: Wish = {
    ...{ requester, channel, job, source, spoiler },
    ...(mask ? { mask } : {}),
    ...(parent ? { parent } : {}),
  };
  return {
    ...{ id: newOrderId(), sequence, platform, event, person: requester.id, server },
    ...{ state: 'received', wish: JSON.stringify(wish), address: JSON.stringify(address) },
    ...{ picture: null, result: null, failure: null, crashes: 0, interruptions: 0 },
    ...{ delivery_begun: 0, forgotten: 0, created_at: now, updated_at: now },
  };
}

export function orderOf(row: Row): StoredOrder {
  const { channel, ...wish } = JSON.parse(row.wish) as Wish;
  const { platform, server } = row;
  return {
    ...wish,
    ...{ id: row.id, state: row.state, event: row.event, crashes: row.crashes },
    ...{ sequence: row.sequence, interruptions: row.interruptions },
    place: { platform, ...(server === null ? {} : { server }), channel },
    address: JSON.parse(row.address) as Address,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    deliveryBegun: row.delivery_begun === 1,
    forgotten: row.forgotten === 1,
    picture: row.picture === null ? null : (JSON.parse(row.picture) as PictureFacts),
    ...(row.result === null ? {} : { result: JSON.parse(row.result) as OrderResult }),
    ...(row.failure === null ? {} : { failure: JSON.parse(row.failure) as OrderFailure }),
  };
}

export function columnsOf(change: OrderChange): Updateable<OrdersTable> {
  const { state, address, picture, result, failure, crashes, interruptions } = change;
  const { deliveryBegun, forgotten } = change;
  return {
    ...(state === undefined ? {} : { state }),
    ...(address === undefined ? {} : { address: JSON.stringify(address) }),
    ...(picture === undefined ? {} : { picture: JSON.stringify(picture) }),
    ...(result === undefined ? {} : { result: JSON.stringify(result) }),
    ...(failure === undefined ? {} : { failure: JSON.stringify(failure) }),
    ...(crashes === undefined ? {} : { crashes }),
    ...(interruptions === undefined ? {} : { interruptions }),
    ...(deliveryBegun === undefined ? {} : { delivery_begun: Number(deliveryBegun) }),
    ...(forgotten === undefined ? {} : { forgotten: Number(forgotten) }),
  };
}
