/** What admins set: changes that meet, and threads of a channel that is allowed. */
import { expect, it } from 'vitest';
import { settings } from '../../commands/settings.ts';
import type { Command } from '../../src/chat/command.ts';
import type { CommandEvent } from '../../src/chat/inbound.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import { SettingsOfPlaces } from '../../src/chat/place-settings.ts';
import { createRouter } from '../../src/chat/router.ts';
import type { RouterParts } from '../../src/chat/router.ts';
import { silentLog } from '../../src/kit/log.ts';
import { memoryShelf } from '../helpers/memory-shelf.ts';

const SERVER = { platform: 'stage', server: 'opera' };

const dream: Command = {
  ...{ name: 'dream', description: 'Dreams', options: {} },
  run: (context) => context.order({} as Parameters<typeof context.order>[0]),
};

function stage() {
  const accepted: string[] = [];
  const parts = {
    ...{ commands: [settings, dream], actions: [], log: silentLog, shelf: memoryShelf() },
    studio: {
      submit: ({ place }: { place: { channel: string } }) => {
        accepted.push(place.channel);
        return Promise.resolve({ job: {} });
      },
    },
    courier: { acknowledge: () => Promise.resolve() },
  };
  const router = createRouter(parts as unknown as RouterParts);
  let events = 0;
  const run = async (
    line: string,
    at: { channel: string; parentChannel?: string },
    values: CommandEvent['values'] = {},
  ): Promise<Outbound | undefined> => {
    const [command = '', subcommand] = line.split(' ');
    const { channel, ...parent } = at;
    let said: Outbound | undefined;
    await router.handle({
      ...{ kind: 'command', id: `${(events += 1)}`, command, values, address: {}, ...parent },
      ...(subcommand === undefined ? {} : { subcommand }),
      person: { id: 'ann', name: 'Ann', admin: true },
      place: { ...SERVER, channel },
      responder: {
        acknowledge: () => Promise.resolve({}),
        prepare: () => Promise.resolve(),
        dismiss: () => Promise.resolve(),
        reply: (outbound) => Promise.resolve(void (said = outbound)),
      },
    });
    return said;
  };
  return { run, accepted };
}

const valueOf = (said: Outbound | undefined, name: string): string | undefined =>
  said?.fields?.find((field) => field.name === name)?.value;

it('two changes at once are both kept', async () => {
  const { run } = stage();
  await Promise.all([
    run('settings set', { channel: 'hall' }, { largest_size: '512' }),
    run('settings set', { channel: 'hall' }, { spoiler: 'yes' }),
    run('settings channel', { channel: 'hall' }, { allowed: 'yes' }),
    run('settings channel', { channel: 'foyer' }, { allowed: 'yes' }),
  ]);
  const said = await run('settings show', { channel: 'hall' });
  expect(valueOf(said, 'Largest size')).toBe('512 px');
  expect(valueOf(said, 'Spoiler')).toBe('yes');
  expect(valueOf(said, 'Channels')).toBe('2 allowed');
});

it('a change that fails holds up no other', async () => {
  const places = new SettingsOfPlaces(memoryShelf());
  const place = { ...SERVER, channel: 'hall' };
  const bad = places.change(place, () => ({ largestSize: 1 }));
  const good = places.change(place, () => ({ spoiler: true }));
  await expect(bad).rejects.toThrow();
  expect(await good).toMatchObject({ spoiler: true, largestSize: 1024 });
});

it('a thread is allowed where its channel is', async () => {
  const { run, accepted } = stage();
  const thread = { channel: 'thread', parentChannel: 'hall' };
  await run('settings channel', { channel: 'hall' }, { allowed: 'yes' });
  expect(await run('dream', thread)).toBeUndefined();
  const refused = await run('dream', { channel: 'other', parentChannel: 'foyer' });
  expect(refused?.text).toMatch(/^Dreams are made in other channels/);
  expect(accepted).toEqual(['thread']);
});

it('what is said in a thread is said about its channel', async () => {
  const { run, accepted } = stage();
  const thread = { channel: 'thread', parentChannel: 'hall' };
  const allowed = await run('settings channel', thread, { allowed: 'yes' });
  expect(allowed?.text).toBe('Dreams are made in this channel and its threads.');
  await run('dream', { channel: 'hall' });
  expect(accepted).toEqual(['hall']);
  await run('settings channel', { channel: 'foyer' }, { allowed: 'yes' });
  const closed = await run('settings channel', thread, { allowed: 'no' });
  expect(closed?.text).toBe('No dreams are made in this channel and its threads.');
  expect(valueOf(closed, 'Channels')).toBe('1 allowed');
});

it('a change of nothing says what can be changed', async () => {
  const said = await stage().run('settings set', { channel: 'hall' });
  expect(said).toMatchObject({ tone: 'problem' });
  expect(said?.text).toMatch(/largest_size, deep_layers/);
});
