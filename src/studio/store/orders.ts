/** Orders in the database. Every change that returns has reached the disk. */
import type { Kysely } from 'kysely';
import { DreamError } from '../../kit/errors.ts';
import type { NewOrder, OrderState } from '../order.ts';
import type { OrderOwner } from '../studio.ts';
import { columnsOf, newRow, orderOf } from './order-rows.ts';
import type { OrderChange, StoredOrder } from './order-rows.ts';
import type { Tables } from './tables.ts';

/** How many orders wait or are rendered. */
export interface Waiting {
  readonly person: number;
  readonly server: number;
  readonly all: number;
}

/** Those that are not done. */
export const OPEN: readonly OrderState[] = ['received', 'queued', 'rendering'];

export class OrderStore {
  constructor(private readonly tables: Kysely<Tables>) {}

  /**
   * Stores an order, unless its event is there already.
   * @param admit throws where there are too many.
   * @param isServed whether orders of a platform take room in the queue.
   */
  async add(
    order: NewOrder,
    admit: (waiting: Waiting) => void,
    isServed: (platform: string) => boolean = () => true,
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
      const open = (await openIn(tables)).filter((row) => isServed(row.platform));
      admit(waitingOf(open, { platform, id: order.requester.id }, server));
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

  /** Ids, the oldest first. @param time milliseconds since 1970 */
  async deliveredBefore(time: number): Promise<string[]> {
    const rows = await this.tables
      .selectFrom('orders')
      .select('id')
      .where('state', '=', 'delivered')
      .where('updated_at', '<', time)
      .orderBy('sequence')
      .execute();
    return rows.map(({ id }) => id);
  }

  async remove(id: string): Promise<void> {
    await this.tables.deleteFrom('orders').where('id', '=', id).execute();
  }
}

type OpenRow = Pick<Tables['orders'], 'platform' | 'person' | 'server'>;

function openIn(tables: Kysely<Tables>): Promise<OpenRow[]> {
  return tables
    .selectFrom('orders')
    .select(['platform', 'person', 'server'])
    .where('state', 'in', OPEN)
    .execute();
}

function waitingOf(
  open: readonly OpenRow[],
  { platform, id }: OrderOwner,
  server: string | null,
): Waiting {
  const here = open.filter((row) => row.platform === platform);
  return {
    person: here.filter(({ person }) => person === id).length,
    server: server === null ? 0 : here.filter((row) => row.server === server).length,
    all: open.length,
  };
}
