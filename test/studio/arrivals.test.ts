/** Orders that end while their picture is on its way in. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/kit/log.ts';
import { Arrivals } from '../../src/studio/arrivals.ts';
import type { ArrivalsParts } from '../../src/studio/arrivals.ts';
import { openDatabase } from '../../src/studio/store/database.ts';
import type { OpenDatabase } from '../../src/studio/store/database.ts';
import { OrderStore } from '../../src/studio/store/orders.ts';
import { PictureFolder } from '../../src/studio/store/pictures.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { attachment, models, newOrder } from '../helpers/studio.ts';

const folder = temporaryFolder();
const FACTS = { rows: 64, columns: 64, originalRows: 64, originalColumns: 64, note: [] };

let count = 0;
let database: OpenDatabase;
let store: OrderStore;
let pictures: PictureFolder;

beforeEach(async () => {
  const home = join(folder, `${(count += 1)}`);
  database = await openDatabase(home, silentLog);
  store = new OrderStore(database.tables);
  pictures = await PictureFolder.open(join(home, 'pictures'));
});

afterEach(() => database.close());

/** @param decoding what happens while a picture is decoded. */
function arrivalsWith(decoding: () => Promise<unknown>) {
  const decoded: string[] = [];
  const queued: string[] = [];
  const renders: Partial<ArrivalsParts['renders']> = {
    add: ({ id }) => void queued.push(id),
    secondsOf: () => 1,
  };
  const ends: Partial<ArrivalsParts['ends']> = {};
  const arrivals = new Arrivals({
    ...{ store, pictures, models, log: silentLog, maxPixels: 1e6, maxSeconds: 60 },
    renders: renders as ArrivalsParts['renders'],
    ends: ends as ArrivalsParts['ends'],
    changed: () => undefined,
    intake: {
      take: async ({ into }) => {
        decoded.push(into);
        await decoding();
        writeFileSync(into, 'a picture');
        return FACTS;
      },
    },
  });
  return { arrivals, decoded, queued };
}

describe('an order', () => {
  it('that was cancelled while others were decoded is not decoded any more', async () => {
    const { arrivals, decoded, queued } = arrivalsWith(() => Promise.resolve());
    const { order } = await store.add(newOrder({ source: attachment }), () => undefined);
    const { order: other } = await store.add(newOrder({ source: attachment }), () => undefined);
    await store.change(order.id, ['received'], { state: 'cancelled' });
    const fetched = { picture: new Uint8Array([1]), mask: null };
    await Promise.all([order, other].map((each) => arrivals.supply(each, fetched)));
    expect(decoded).toEqual([pictures.path(other.id, 'source')]);
    expect(queued).toEqual([other.id]);
  });

  it('that was forgotten while it was decoded leaves no picture', async () => {
    const { order } = await store.add(newOrder({ source: attachment }), () => undefined);
    const { arrivals, queued } = arrivalsWith(() => store.remove(order.id));
    await arrivals.supply(order, { picture: new Uint8Array([1]), mask: null });
    expect(existsSync(pictures.path(order.id, 'source'))).toBe(false);
    expect(queued).toEqual([]);
  });
});
