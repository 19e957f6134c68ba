/** Orders in the database. Every change that returns has reached the disk. */
import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { DreamError } from '../../kit/errors.ts';
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
import type { OrderOwner } from '../studio.ts';
import { newOrderId } from './order-id.ts';
import type { OrdersTable, Tables } from './tables.ts';

/** An order with what is nobody's business outside the studio. */
export interface StoredOrder extends Order {
  readonly sequence: number;
  readonly picture: PictureFacts | null;
  readonly interruptions: number;
  readonly forgotten: boolean;
}

/** How many orders wait or are rendered. */
export interface Waiting {
  readonly person: number;
  readonly server: number;
  readonly all: number;
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

/** Those that are not done. */
export const OPEN: readonly OrderState[] = ['received', 'queued', 'rendering'];

type Row = Selectable<OrdersTable>;

interface Wish extends Pick<NewOrder, 'job' | 'source' | 'parent' | 'spoiler'> {
  readonly requester: Requester;
  readonly channel: string;
}

export class OrderStore {
  constructor(private readonly tables: Kysely<Tables>) {}

  /**
   * Stores an order, unless its event is there already.
   * @param admit throws where there are too many.
   */
  async add(
    order: NewOrder,
    admit: (waiting: Waiting) => void,
  ): Promise<{ readonly order: StoredOrder; readonly isNew: boolean }> {
    return this.tables.transaction().execute(async (tables) => {
      const { platform, server = null } = order.place;
      const known = await tables
        .selectFrom('orders')
        .selectAll()
        .where('platform', '=', platform)
        .where('event', '=', order.event)
        .executeTakeFirst();
      if (known) return { order: orderOf(known), isNew: false };
      admit(await waitingOf(tables, { platform, id: order.requester.id }, server));
      const { last } = await tables
        .selectFrom('orders')
        .select(({ fn }) => fn.max<number | null>('sequence').as('last'))
        .executeTakeFirstOrThrow();
      const row = newRow(order, (last ?? 0) + 1);
      await tables.insertInto('orders').values(row).execute();
      return { order: orderOf(row), isNew: true };
    });
  }

  async find(id: string): Promise<StoredOrder | null> {
    const row = await this.tables
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row ? orderOf(row) : null;
  }

  /** Null where it is not there. */
  async stateOf(id: string): Promise<OrderState | null> {
    const found = this.tables.selectFrom('orders').select('state').where('id', '=', id);
    return (await found.executeTakeFirst())?.state ?? null;
  }

  /** @throws DreamError 'unknown-order' */
  async get(id: string): Promise<StoredOrder> {
    const order = await this.find(id);
    if (order) return order;
    throw new DreamError('unknown-order', `there is no order '${id.slice(0, 40)}'`);
  }

  /**
   * Changes an order that stands in one of the states `from`.
   * @returns null where it is not there, or in another state.
   */
  async change(
    id: string,
    from: readonly OrderState[],
    change: OrderChange,
  ): Promise<StoredOrder | null> {
    const row = await this.tables
      .updateTable('orders')
      .set({ ...columnsOf(change), updated_at: Date.now() })
      .where('id', '=', id)
      .where('state', 'in', from)
      .returningAll()
      .executeTakeFirst();
    return row ? orderOf(row) : null;
  }

  /** In the order in which they came. */
  async inStates(states: readonly OrderState[]): Promise<StoredOrder[]> {
    const rows = await this.tables
      .selectFrom('orders')
      .selectAll()
      .where('state', 'in', states)
      .orderBy('sequence')
      .execute();
    return rows.map(orderOf);
  }

  /** Newest first. */
  async of({ platform, id }: OrderOwner, limit?: number): Promise<StoredOrder[]> {
    const query = this.tables
      .selectFrom('orders')
      .selectAll()
      .where('platform', '=', platform)
      .where('person', '=', id)
      .orderBy('sequence', 'desc');
    const rows = await (limit === undefined ? query : query.limit(limit)).execute();
    return rows.map(orderOf);
  }

  async remove(id: string): Promise<void> {
    await this.tables.deleteFrom('orders').where('id', '=', id).execute();
  }
}

async function waitingOf(
  tables: Kysely<Tables>,
  { platform, id }: OrderOwner,
  server: string | null,
): Promise<Waiting> {
  const open = await tables
    .selectFrom('orders')
    .select(['platform', 'person', 'server'])
    .where('state', 'in', OPEN)
    .execute();
  const here = open.filter((row) => row.platform === platform);
  return {
    person: here.filter(({ person }) => person === id).length,
    server: server === null ? 0 : here.filter((row) => row.server === server).length,
    all: open.length,
  };
}

function newRow(order: NewOrder, sequence: number): Insertable<OrdersTable> & Row {
  const { requester, place, address, job, source, event, parent, spoiler } = order;
  const { platform, server = null, channel } = place;
  const now = Date.now();
  const wish: Wish = { requester, channel, job, source, ...(parent ? { parent } : {}), spoiler };
  return {
    ...{ id: newOrderId(), sequence, platform, event, person: requester.id, server },
    ...{ state: 'received', wish: JSON.stringify(wish), address: JSON.stringify(address) },
    ...{ picture: null, result: null, failure: null, crashes: 0, interruptions: 0 },
    ...{ delivery_begun: 0, forgotten: 0, created_at: now, updated_at: now },
  };
}

function orderOf(row: Row): StoredOrder {
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

function columnsOf(change: OrderChange): Updateable<OrdersTable> {
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
