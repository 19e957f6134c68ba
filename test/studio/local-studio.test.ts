/** The studio with its real render processes, on small pictures. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPictureText } from '../../src/dream/picture.ts';
import { readImprint } from '../../src/studio/imprint.ts';
import type { LocalStudio } from '../../src/studio/local-studio.ts';
import type { NewOrder, Order, OrderUpdate } from '../../src/studio/order.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { noisyJpeg, pngThatClaims } from '../helpers/pictures.ts';
import {
  attachment,
  job,
  longJob,
  newOrder,
  openStudio,
  steps,
  until,
  updatesOf,
} from '../helpers/studio.ts';
import type { TestLog } from '../helpers/studio.ts';

const folder = temporaryFolder();
const ada = { platform: 'test', id: 'ada' };

let studio: LocalStudio;
let log: TestLog;

beforeAll(async () => {
  ({ studio, log } = await openStudio(join(folder, 'shared')));
  await studio.recover();
});

afterAll(() => studio.close(0));

async function rendered(changes: Parameters<typeof newOrder>[0] = {}): Promise<Order> {
  const { id } = await studio.submit(newOrder(changes));
  const updates = await updatesOf(studio, id);
  expect(updates.at(-1)).toEqual({ state: 'rendered' });
  return (await studio.order(id))!;
}

describe('a studio', () => {
  it('that cannot be opened leaves its folder to the next one', async () => {
    const path = join(folder, 'without-pictures');
    mkdirSync(path);
    writeFileSync(join(path, 'pictures'), '');
    await expect(openStudio(path)).rejects.toMatchObject({ code: 'cannot-write' });
    rmSync(join(path, 'pictures'));
    await (await openStudio(path)).studio.close(0);
  });
});

describe('an order', () => {
  it('is rendered, step by step, and delivered', async () => {
    const recipe = { ...job.recipe, octaves: 2, steps: 3 };
    const order = await studio.submit(newOrder({ source: attachment, job: { ...job, recipe } }));
    expect(order).toMatchObject({ state: 'received', crashes: 0, deliveryBegun: false });
    expect(order.id).toMatch(/^[0-9a-z]{12}$/);
    const heard = updatesOf(studio, order.id);
    await studio.supply(order.id, await noisyJpeg(128, 96));
    const updates = await heard;
    expect(updates[0]).toEqual({ state: 'received' });
    expect(updates.at(-1)).toEqual({ state: 'rendered' });
    const underWay = updates.filter((update) => update.state === 'rendering');
    const fractions = underWay.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other));

    const done = (await studio.order(order.id))!;
    expect(done.result).toMatchObject({
      ...{ rows: 48, columns: 64, formula: 'mean(block_1_expand²)' },
      notices: ['The picture was shrunk from 128×96 to 64×48 pixels.'],
    });
    expect(done.result?.scores).toHaveLength(6);
    const [result, source] = await Promise.all([studio.result(order.id), studio.source(order.id)]);
    expect(await sharp(result).metadata()).toMatchObject({ format: 'png', width: 64, height: 48 });
    expect(await sharp(source).metadata()).toMatchObject({ format: 'png', width: 64, height: 48 });
    expect((await sharp(result).stats()).channels[0]?.mean).not.toBe(
      (await sharp(source).stats()).channels[0]?.mean,
    );
    expect((await studio.undelivered()).map(({ id }) => id)).toContain(order.id);
    await studio.readdress(order.id, { message: '2' });
    await studio.beginDelivery(order.id);
    expect(await studio.order(order.id)).toMatchObject({
      ...{ state: 'rendered', deliveryBegun: true, address: { message: '2' } },
    });
    await studio.delivered(order.id);
    expect((await studio.undelivered()).map(({ id }) => id)).not.toContain(order.id);
    expect(await updatesOf(studio, order.id)).toEqual([{ state: 'delivered' }]);
  });

  it('leaves a PNG that the command line can dream again', async () => {
    const { id, job: asked } = await rendered();
    const path = join(folder, 'imprint.png');
    writeFileSync(path, await studio.result(id));
    const imprint = await readImprint(path);
    expect(imprint).toMatchObject({ model: asked.model, recipe: asked.recipe, size: 64 });
  });

  it('comes once, however often its event comes', async () => {
    const order = newOrder({ source: attachment });
    const orders = await Promise.all([1, 2, 3].map(() => studio.submit(order)));
    expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
    await studio.cancel(orders[0]!.id);
  });

  it('can be a sheet of layers', async () => {
    const layers = ['block_1_expand', 'block_3_expand', 'block_1_expand:2'];
    const { id, result } = await rendered({ job: { ...job, kind: 'sheet', layers } });
    expect(result?.scores).toHaveLength(6);
    const { width, height } = await sharp(await studio.result(id)).metadata();
    expect([height, width]).toEqual([result?.rows, result?.columns]);
    expect(readPictureText(await studio.result(id))).toEqual({});
  });

  it('is refused before it is stored where its job cannot be', async () => {
    const before = (await studio.ordersOf(ada, 1000)).length;
    const wrong = newOrder({ job: { ...job, model: 'nothing' } });
    await expect(studio.submit(wrong)).rejects.toMatchObject({ code: 'unknown-model' });
    expect(await studio.ordersOf(ada, 1000)).toHaveLength(before);
  });
});

describe('a picture', () => {
  it.each<[string, Uint8Array, string]>([
    ['is none', Buffer.from('<html>'), 'bad-picture'],
    ['claims a billion pixels', pngThatClaims(40_000, 40_000), 'picture-too-large'],
    ['is too small for the network', Buffer.alloc(0), 'picture-too-small'],
  ])('that %s is refused, and can be replaced by a better one', async (_, bytes, code) => {
    const { id } = await studio.submit(newOrder({ source: attachment }));
    const picture = code === 'picture-too-small' ? await noisyJpeg(8, 8) : bytes;
    const failure = await studio.supply(id, picture).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'DreamError', code });
    expect((failure as Error).message).not.toContain(folder);
    expect(await studio.order(id)).toMatchObject({ state: 'received' });
    await studio.supply(id, await noisyJpeg(64, 64));
    expect((await updatesOf(studio, id)).at(-1)).toEqual({ state: 'rendered' });
  });

  it('of an earlier order is taken as it is, or its middle enlarged', async () => {
    const parent = await rendered({ source: { from: 'clouds' } });
    const again = await rendered({ source: { from: 'source', order: parent.id } });
    expect(await pixels(await studio.source(again.id))).toEqual(
      await pixels(await studio.source(parent.id)),
    );
    const whole = await studio.result(parent.id);
    const zoom = await rendered({ source: { from: 'result', order: parent.id, zoom: 2 } });
    const { width, height } = await sharp(whole).metadata();
    const middle = await sharp(whole)
      .extract({
        left: width / 4,
        top: Math.floor(height / 4),
        width: width / 2,
        height: Math.round(height / 2),
      })
      .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
      .toBuffer();
    expect(await pixels(await studio.source(zoom.id))).toEqual(await pixels(middle));
    const unzoomed = await rendered({ source: { from: 'result', order: parent.id, zoom: 1 } });
    expect(await pixels(await studio.source(unzoomed.id))).toEqual(await pixels(whole));
  });

  it('that the disk has not kept whole ends its orders, and nobody learns where it lies', async () => {
    const parent = await rendered();
    const path = join(folder, 'shared', 'pictures', `${parent.id}-source.png`);
    writeFileSync(path, readFileSync(path).subarray(0, 200));
    writeFileSync(path.replace('source', 'result'), 'no picture');
    const sources: readonly NewOrder['source'][] = [
      { from: 'source', order: parent.id },
      { from: 'result', order: parent.id, zoom: 1 },
      { from: 'result', order: parent.id, zoom: 2 },
    ];
    for (const source of sources) {
      const { id } = await studio.submit(newOrder({ source }));
      expect((await updatesOf(studio, id)).at(-1)).toEqual({ state: 'failed' });
      const { failure } = (await studio.order(id))!;
      expect(failure).toMatchObject({ code: 'damaged-file' });
      expect(JSON.stringify(failure)).not.toContain(folder);
    }
    // The log says which it is.
    expect(JSON.stringify(log.of('no picture').map(({ err }) => String(err)))).toContain(path);
  });

  it('that was damaged while its order waited ends it', async () => {
    const own = await openStudio(join(folder, 'damaged'));
    const { id } = await own.studio.submit(newOrder());
    await until(own.studio, id, ({ state }) => state === 'queued');
    writeFileSync(join(folder, 'damaged', 'pictures', `${id}-source.png`), 'no picture');
    await own.studio.recover();
    expect((await updatesOf(own.studio, id)).at(-1)).toEqual({ state: 'failed' });
    const { failure } = (await own.studio.order(id))!;
    expect(failure).toMatchObject({ code: 'damaged-file' });
    expect(JSON.stringify(failure)).not.toContain(folder);
    await own.studio.close(0);
  });

  it.each<[string, NewOrder['source'], string]>([
    ['an order that is not there', { from: 'source', order: '0123456789ab' }, 'unknown-order'],
    ['a path', { from: 'result', order: '../../etc/pa', zoom: 1 }, 'unknown-order'],
    ['a zoom that cannot be', { from: 'result', order: '0123456789ab', zoom: NaN }, 'bad-option'],
  ])('of %s is refused', async (_, source, code) => {
    await expect(studio.submit(newOrder({ source }))).rejects.toMatchObject({ code });
  });
});

async function pixels(png: Uint8Array): Promise<Buffer> {
  return sharp(png).raw().toBuffer();
}

describe('cancelling', () => {
  it('stops a render without its process, and what waits, but nothing that is done', async () => {
    const { id } = await studio.submit(newOrder({ job: longJob }));
    await until(studio, id, steps);
    const waiting = await studio.submit(newOrder({ person: 'bo' }));
    await until(studio, waiting.id, ({ state }) => state === 'queued');
    const third = await studio.submit(newOrder({ person: 'cy', source: attachment }));
    expect(await studio.cancel(waiting.id)).toBe(true);
    expect(await studio.cancel(third.id)).toBe(true);
    expect(await studio.cancel(id)).toBe(true);
    expect(await studio.cancel(id)).toBe(false);
    for (const cancelled of [id, waiting.id, third.id]) {
      expect(await updatesOf(studio, cancelled)).toEqual([{ state: 'cancelled' }]);
    }
    const next = await rendered();
    expect(log.pidsOf(next.id)).toEqual(log.pidsOf(id));
    expect(await studio.cancel(next.id)).toBe(false);
    expect(await studio.cancel('0123456789ab')).toBe(false);
    expect(existsSync(join(folder, 'shared', 'pictures', `${id}-result.png`))).toBe(false);
  });

  it('kills a process that does not answer', async () => {
    const own = await openStudio(join(folder, 'stopped'), { patience: 50 });
    await own.studio.recover();
    const { id } = await own.studio.submit(newOrder({ job: longJob }));
    await until(own.studio, id, steps);
    const [pid] = own.log.pidsOf(id) as [number];
    process.kill(pid, 'SIGSTOP');
    expect(await own.studio.cancel(id)).toBe(true);
    const next = await own.studio.submit(newOrder());
    expect((await updatesOf(own.studio, next.id)).at(-1)).toEqual({ state: 'rendered' });
    expect(own.log.pidsOf(next.id)).not.toContain(pid);
    await own.studio.close(0);
  });
});

describe('a render process', () => {
  it('that dies is replaced, and its order rendered', async () => {
    const recipe = { ...job.recipe, steps: 300 };
    const { id } = await studio.submit(newOrder({ job: { ...job, recipe } }));
    await until(studio, id, steps);
    const priorities = [getPriority(log.pidsOf(id)[0])];
    process.kill(log.pidsOf(id)[0]!, 'SIGKILL');
    expect((await updatesOf(studio, id)).at(-1)).toEqual({ state: 'rendered' });
    expect(await studio.order(id)).toMatchObject({ crashes: 1 });
    expect(new Set(log.pidsOf(id)).size).toBe(2);
    priorities.push(getPriority(log.pidsOf(id)[1]));
    expect(priorities).toEqual([constants.priority.PRIORITY_LOW, constants.priority.PRIORITY_LOW]);
  });

  it('that dies twice fails the order', async () => {
    const { id } = await studio.submit(newOrder({ job: longJob }));
    for (const death of [0, 1]) {
      await until(studio, id, (update) => steps(update) && log.pidsOf(id).length > death);
      process.kill(log.pidsOf(id)[death]!, 'SIGKILL');
      await log.until('a render process died', death + 2);
    }
    expect((await updatesOf(studio, id)).at(-1)).toEqual({ state: 'failed' });
    expect(await studio.order(id)).toMatchObject({
      ...{ crashes: 2, failure: { code: 'render-crashed' } },
    });
  });

  it('takes no signal that is meant for the bot', async () => {
    const recipe = { ...job.recipe, steps: 30 };
    const { id } = await studio.submit(newOrder({ job: { ...job, recipe } }));
    await until(studio, id, steps);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(log.pidsOf(id)[0]!, signal);
    expect((await updatesOf(studio, id)).at(-1)).toEqual({ state: 'rendered' });
    expect(log.pidsOf(id)).toHaveLength(1);
  });
});

describe('the queue', () => {
  it('is fair, and tells how long it is', async () => {
    const long = await studio.submit(newOrder({ job: longJob, person: 'ada' }));
    await until(studio, long.id, steps);
    const submit = async (person: string): Promise<string> => {
      const { id } = await studio.submit(newOrder({ person }));
      await until(studio, id, ({ state }) => state === 'queued');
      return id;
    };
    const [one, two] = [await submit('ada'), await submit('ada')];
    const three = await submit('bo');
    const report = await studio.queue();
    expect(report).toMatchObject({
      ...{ rendering: [long.id], waiting: [three, one, two], concurrency: 1 },
    });
    expect(report.eta).toBeGreaterThan(0);
    const seen = await until(studio, two, () => true);
    expect(seen).toMatchObject({ state: 'queued', ahead: 2, eta: expect.any(Number) as number });
    await studio.cancel(long.id);
    await Promise.all([one, two, three].map((id) => updatesOf(studio, id)));
    const done = log.of('rendered').map(({ order }) => order);
    expect(done.slice(-3)).toEqual([three, one, two]);
  });

  it('is closed to those who have enough in it, and to all when it is full', async () => {
    const limits = { perPerson: 2, perServer: 3, all: 4 };
    const own = await openStudio(join(folder, 'limits'), { limits });
    const ask = (person: string, server = 'home'): Promise<Order> => {
      const place = { platform: 'test', server, channel: 'c' };
      return own.studio.submit(newOrder({ person, place, source: attachment }));
    };
    const [first] = [await ask('ada'), await ask('ada')];
    await expect(ask('ada')).rejects.toMatchObject({ code: 'too-many-orders' });
    await ask('bo');
    await expect(ask('cy')).rejects.toMatchObject({
      ...{ code: 'queue-full', message: expect.stringContaining('server') as string },
    });
    await ask('cy', 'elsewhere');
    await expect(ask('di', 'third')).rejects.toMatchObject({
      ...{ code: 'queue-full', hint: 'Try again in 1 minute.' },
    });
    // The same event again is no new order.
    expect((await own.studio.submit(first)).id).toBe(first.id);
    await own.studio.cancel(first.id);
    await ask('ada');
    await own.studio.close(0);
  });
});

describe('watching', () => {
  it('tells a slow reader the end, and not what is over', async () => {
    const { id } = await studio.submit(newOrder());
    const reader = studio.watch(id)[Symbol.asyncIterator]();
    await reader.next();
    await updatesOf(studio, id);
    const rest: OrderUpdate[] = [];
    for (let next = await reader.next(); !next.done; next = await reader.next()) {
      rest.push(next.value);
    }
    expect(rest).toEqual([{ state: 'rendered' }]);
  });

  it('ends at the signal', async () => {
    const { id } = await studio.submit(newOrder({ source: attachment }));
    const controller = new AbortController();
    const heard: OrderUpdate[] = [];
    for await (const update of studio.watch(id, controller.signal)) {
      heard.push(update);
      controller.abort();
    }
    expect(heard).toEqual([{ state: 'received' }]);
    await studio.cancel(id);
  });
});

describe('closing', () => {
  it('hands back what is not done, and the next studio goes on', async () => {
    const path = join(folder, 'restart');
    const first = await openStudio(path);
    await first.studio.recover();
    const { id } = await first.studio.submit(newOrder({ job: longJob }));
    await until(first.studio, id, steps);
    const waiting = await first.studio.submit(newOrder());
    const toFetch = await first.studio.submit(newOrder({ source: attachment }));
    const late = await first.studio.submit(newOrder({ source: attachment }));
    await until(first.studio, waiting.id, ({ state }) => state === 'queued');
    await first.studio.drain(0);
    await expect(first.studio.submit(newOrder())).rejects.toMatchObject({ code: 'queue-full' });
    // What was on its way when the bot was told to stop is not lost.
    await first.studio.supply(late.id, await noisyJpeg(64, 64));
    await Promise.all([first.studio.close(), first.studio.close()]);

    const second = await openStudio(path);
    const left = await second.studio.undelivered();
    expect(left.map((order) => [order.id, order.state])).toEqual([
      ...[
        [id, 'queued'],
        [waiting.id, 'queued'],
      ],
      [toFetch.id, 'received'],
      [late.id, 'queued'],
    ]);
    await second.studio.recover();
    await until(second.studio, id, steps);
    await second.studio.cancel(id);
    for (const order of [waiting.id, late.id]) {
      expect((await updatesOf(second.studio, order)).at(-1)).toEqual({ state: 'rendered' });
    }
    expect(await second.studio.order(id)).toMatchObject({ state: 'cancelled', crashes: 0 });
    await second.studio.close(0);
  });
});

describe('keeping', () => {
  it('forgets a person: what is done at once, what is on its way when it has arrived', async () => {
    const done = await rendered({ person: 'eve' });
    const onItsWay = await rendered({ person: 'eve' });
    const other = await rendered({ person: 'bo' });
    await studio.delivered(done.id);
    const open = await studio.submit(newOrder({ person: 'eve', source: attachment }));
    const eve = { platform: 'test', id: 'eve' };
    expect(await studio.forget(eve)).toBe(3);
    expect(await studio.order(done.id)).toBeNull();
    expect(await studio.order(open.id)).toMatchObject({ state: 'cancelled' });
    expect(await studio.result(onItsWay.id)).toBeInstanceOf(Uint8Array);
    await studio.delivered(onItsWay.id);
    await studio.delivered(open.id);
    expect(await studio.ordersOf(eve, 10)).toEqual([]);
    const kept = readdirSync(join(folder, 'shared', 'pictures')).map((name) => name.slice(0, 12));
    expect(kept.filter((id) => id === other.id)).toHaveLength(2);
    for (const { id } of [done, onItsWay, open]) expect(kept).not.toContain(id);
  });

  it('delivers also where old pictures cannot be removed', async () => {
    const path = join(folder, 'untidy');
    const own = await openStudio(path, { limits: { perPerson: 100 } });
    rmSync(join(path, 'pictures'), { recursive: true });
    for (let count = 0; count < 10; count++) {
      const { id } = await own.studio.submit(newOrder({ source: attachment }));
      await own.studio.cancel(id);
      await own.studio.delivered(id);
      expect(await own.studio.order(id)).toMatchObject({ state: 'delivered' });
    }
    await own.log.until('old orders could not be removed');
    await own.studio.close();
  });

  it('removes pictures when there are too many, but none before it is delivered', async () => {
    const path = join(folder, 'tidy');
    const own = await openStudio(path);
    await own.studio.recover();
    const { id } = await own.studio.submit(newOrder());
    await until(own.studio, id, ({ state }) => state === 'rendering');
    // It waits for what can be done in time.
    await own.studio.close(60_000);
    const reopened = async (): Promise<Promise<Uint8Array>> => {
      const next = await openStudio(path, { keeping: { bytes: 1 } });
      await next.studio.recover();
      const result = next.studio.result(id);
      await result.catch(() => undefined);
      await next.studio.delivered(id);
      await next.studio.close(0);
      return result;
    };
    expect(await reopened()).toBeInstanceOf(Uint8Array);
    await expect(reopened()).rejects.toMatchObject({ code: 'unknown-order' });
  });
});

describe('a platform that is not configured any more', () => {
  it('has its orders left as they are, and gives the queue its room', async () => {
    const path = join(folder, 'unserved');
    const limits = { all: 2, perPerson: 100 };
    const first = await openStudio(path, { limits });
    const gone = { platform: 'gone', channel: 'general' };
    const left = await first.studio.submit(newOrder({ place: gone }));
    await until(first.studio, left.id, ({ state }) => state === 'queued');
    const toFetch = await first.studio.submit(newOrder({ place: gone, source: attachment }));
    await first.studio.close(0);

    const second = await openStudio(path, { limits });
    await second.studio.recover(['test']);
    expect(second.log.of('orders wait for their platform to be configured again')).toEqual([
      { platform: 'gone', orders: 2 },
    ]);
    const { id } = await second.studio.submit(newOrder());
    await second.studio.submit(newOrder({ source: attachment }));
    const full = second.studio.submit(newOrder());
    await expect(full).rejects.toMatchObject({ code: 'queue-full' });
    expect((await updatesOf(second.studio, id)).at(-1)).toEqual({ state: 'rendered' });
    expect(await second.studio.order(left.id)).toMatchObject({ state: 'queued' });
    await second.studio.close(0);

    const third = await openStudio(path, { limits });
    await third.studio.recover(['test', 'gone']);
    expect((await updatesOf(third.studio, left.id)).at(-1)).toEqual({ state: 'rendered' });
    expect(await third.studio.order(toFetch.id)).toMatchObject({ state: 'received' });
    expect(third.log.of('orders wait for their platform to be configured again')).toEqual([]);
    await third.studio.close(0);
  });
});
