/** Pictures of entries whose removal was cut off by a crash, and those that only look like it. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { actor, admin, contestOf, openContests, order, orderId } from '../../helpers/contests.ts';
import type { OpenContests } from '../../helpers/contests.ts';
import { onEveryDatabase } from '../../helpers/databases.ts';

onEveryDatabase('what a crash leaves of pictures', (home) => {
  let open: OpenContests;
  let folder: string;
  let root: string;
  beforeEach(async () => {
    const where = await home();
    root = where.folder;
    folder = join(root, 'entries');
    open = await openContests(where);
  });
  afterEach(() => open.close());

  const ordersOf = async (id: string): Promise<string[]> => {
    const entries = await open.contests.read.entries(admin, id);
    // They are shown to each in an order of their own.
    return entries
      .toSorted((one, other) => one.number - other.number)
      .map((entry) => entry.dream.order);
  };
  const filesOf = (orders: readonly string[]): string[] =>
    orders.flatMap((id) => [`${id}.png`, `${id}-before.png`]).sort();
  const kept = (id: string): string[] => readdirSync(join(folder, id)).sort();

  /** As if the process had ended before the files were gone. */
  const withoutRemoval = async (id: string, act: () => Promise<unknown>): Promise<void> => {
    const names = kept(id);
    const copies = join(root, `copies-${id}`);
    mkdirSync(copies, { recursive: true });
    for (const name of names) copyFileSync(join(folder, id, name), join(copies, name));
    await act();
    for (const name of names) copyFileSync(join(copies, name), join(folder, id, name));
  };

  it('goes at the next start: withdrawn, forgotten, refused, half written', async () => {
    const { contests, studio } = open;
    const running = await contestOf(open, ['ada', 'bob', 'cy', 'dan']);
    const over = await contestOf(open, ['ada', 'bob']);
    const [, bobs, , dans] = await ordersOf(running);
    const [, bobsOver] = await ordersOf(over);
    await contests.reject(admin, running, 4, 'Not clouds');
    await contests.close(admin, over, 'submission');
    await contests.close(admin, over, 'voting');
    await withoutRemoval(running, () => contests.withdraw(actor('cy'), running, 3));
    await withoutRemoval(running, async () => {
      await withoutRemoval(over, () => contests.forget({ platform: 'test', id: 'ada' }));
    });
    const refused = studio.add(order(orderId(9), 'eve'));
    for (const name of filesOf([refused])) writeFileSync(join(folder, running, name), 'PNG');
    writeFileSync(join(folder, running, '.dream-01234567-89ab-cdef-0123-456789abcdef.tmp'), '');
    await contests.tidy();
    // A rejected one may be approved yet.
    expect(kept(running)).toEqual(filesOf([bobs!, dans!]));
    expect(kept(over)).toEqual(filesOf([bobsOver!]));
  });

  it('is not what somebody else put there', async () => {
    const { contests } = open;
    const id = await contestOf(open, ['ada']);
    const [adas] = await ordersOf(id);
    const outside = join(root, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, `${orderId(7)}.png`), 'elsewhere');
    // Of a contest that another database knows.
    mkdirSync(join(folder, 'unknown00000'));
    writeFileSync(join(folder, 'unknown00000', `${orderId(8)}.png`), 'another');
    symlinkSync(outside, join(folder, 'linked000000'));
    symlinkSync(outside, join(folder, id, `${orderId(6)}.png`));
    writeFileSync(join(folder, id, 'notes.txt'), 'mine');
    writeFileSync(join(folder, `${orderId(5)}.png`), 'beside');
    await contests.tidy();
    expect(kept(id)).toEqual([...filesOf([adas!]), 'notes.txt', `${orderId(6)}.png`].sort());
    expect(existsSync(join(outside, `${orderId(7)}.png`))).toBe(true);
    expect(kept('unknown00000')).toHaveLength(1);
    expect(existsSync(join(folder, `${orderId(5)}.png`))).toBe(true);
  });

  it('is nothing where no contest has had an entry', async () => {
    await open.contests.tidy();
    expect(existsSync(folder)).toBe(false);
  });
});
