/** Threads and posts of forums belong to a channel; channels belong to a category. */
import { expect, it } from 'vitest';
import { CHANNEL, snowflake, THREAD } from '../../helpers/discord-world.ts';
import type { Circumstances } from '../../helpers/discord-payloads.ts';
import { useBench } from './setup.ts';

const bench = useBench();
const FORUM = snowflake();
const CATEGORY = snowflake();

async function parentOf(channel: Circumstances['channel']): Promise<string | undefined> {
  const { handler } = await bench().bot(({ responder }) => responder.reply({ text: 'ok' }));
  bench().server.slash('bob', 'dream', [], channel ? { channel } : {});
  await bench().shows(({ text }) => text === 'ok');
  return handler.events[0]!.parentChannel;
}

it.each([
  ['a public thread', 11],
  ['a private thread', 12],
  ['a thread of announcements', 10],
])('%s tells its channel', async (_, type) => {
  expect(await parentOf({ id: snowflake(), type, parent_id: FORUM })).toBe(FORUM);
});

it('a thread that the bot remembers needs to tell nothing', async () => {
  expect(await parentOf({ id: THREAD, type: 11 })).toBe(CHANNEL);
});

it('a thread that tells nothing and that nobody remembers stands for itself', async () => {
  expect(await parentOf({ id: snowflake(), type: 11 })).toBeUndefined();
});

it('the category of a channel is not where it belongs to', async () => {
  expect(await parentOf({ type: 0, parent_id: CATEGORY })).toBeUndefined();
});
