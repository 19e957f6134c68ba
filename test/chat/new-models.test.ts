/** Somebody waits for a model to be looked at, and the bot goes down. */
import { expect, it } from 'vitest';
import { NewModels } from '../../src/chat/new-models.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import type { Platform } from '../../src/chat/platform.ts';
import { silentLog } from '../../src/kit/log.ts';
import type { Address } from '../../src/studio/order.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { memoryShelf } from '../helpers/memory-shelf.ts';

const folder = temporaryFolder();
const place = { platform: 'stage', server: 'home', channel: 'main' };
const person = { id: 'ann', name: 'Ann', admin: false };
const responder = {
  acknowledge: () => Promise.resolve({ message: 'first' }),
  reply: () => Promise.resolve(),
  prepare: () => Promise.resolve(),
  dismiss: () => Promise.resolve(),
};

function world(names: readonly string[] = []) {
  const told: { address: Address; text: string; again: boolean }[] = [];
  let begun = (): void => undefined;
  const fetching = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const platform: Pick<Platform, 'name' | 'show' | 'deliver' | 'fetch'> = {
    name: 'stage',
    show: (address) => Promise.resolve(address),
    deliver: (address, { text }: Outbound, { again }) => {
      told.push({ address, text, again });
      return Promise.resolve();
    },
    fetch: (_, signal) =>
      new Promise((_resolve, reject) => {
        begun();
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      }),
  };
  const make = (shelf: ReturnType<typeof memoryShelf>): NewModels =>
    new NewModels({
      adding: { mayAdd: () => true, environment: {}, maxBytes: 100 },
      models: { folder, names: () => Promise.resolve([...names]) },
      platforms: [platform as Platform],
      shelf,
      log: silentLog,
    });
  return { told, fetching, make };
}

const file = { name: 'My Face.zip', reference: 'somewhere' };
const event = { person, place, address: { message: null }, responder };

it('a stop ends the work, and says so', async () => {
  const { told, fetching, make } = world();
  const shelf = memoryShelf();
  const desk = make(shelf);
  await desk.add({ file }, event);
  await fetching;
  await desk.stop();
  expect(told).toEqual([
    {
      address: { message: 'first' },
      text: expect.stringContaining("stopped while it looked at 'my-face'") as string,
      again: false,
    },
  ]);
  expect(await shelf.list('pending-models')).toEqual([]);
});

it.each([
  [[], /nothing was added/],
  [['my-face'], /^\*\*my-face\*\* can dream now/],
])('after a crash, with the models %j, it is told at the next start', async (names, words) => {
  const shelf = memoryShelf();
  const { fetching, make } = world();
  await make(shelf).add({ file }, event);
  await fetching;

  const next = world(names);
  const desk = next.make(shelf);
  await desk.resume();
  await desk.settled();
  expect(next.told).toHaveLength(1);
  expect(next.told[0]).toMatchObject({ address: { message: 'first' }, again: true });
  expect(next.told[0]!.text).toMatch(words);
  expect(await shelf.list('pending-models')).toEqual([]);
});

it('is told once also where the database does not take that it was told', async () => {
  const shelf = memoryShelf();
  const { told, fetching, make } = world();
  const failing = { ...shelf, remove: () => Promise.reject(new Error('disk I/O error')) };
  const desk = make(failing);
  await desk.add({ file }, event);
  await fetching;
  await desk.stop();
  expect(told).toHaveLength(1);
  expect(await shelf.list('pending-models')).toHaveLength(1);
});

it('what is larger than allowed is not fetched', async () => {
  const shelf = memoryShelf();
  const asked = world()
    .make(shelf)
    .add({ file: { ...file, size: 101 } }, event);
  await expect(asked).rejects.toMatchObject({ code: 'picture-too-large' });
  expect(await shelf.list('pending-models')).toEqual([]);
});
