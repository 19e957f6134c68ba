/** What a person is told where something fails. */
import { setImmediate } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { Action, Command } from '../../src/chat/command.ts';
import { actions } from '../../commands/actions.ts';
import { commands } from '../../commands/index.ts';
import type { ActionEvent, CommandEvent, Inbound } from '../../src/chat/inbound.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import { createRouter } from '../../src/chat/router.ts';
import type { RouterParts } from '../../src/chat/router.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { memoryShelf } from '../helpers/memory-shelf.ts';
import { TestLog } from '../helpers/studio.ts';

async function toldAbout(error: Error): Promise<{ text: string; log: TestLog }> {
  const log = new TestLog();
  const fails: Command = {
    ...{ name: 'fails', description: 'Fails', options: {} },
    run: () => Promise.reject(error),
  };
  const { text } = await answerTo(
    { kind: 'command', command: 'fails', values: {} },
    { log, commands: [fails], actions: [] },
  );
  return { text, log };
}

type Asked =
  Pick<CommandEvent, 'kind' | 'command' | 'values'> | Pick<ActionEvent, 'kind' | 'action'>;

async function answerTo(asked: Asked, parts: Partial<RouterParts>): Promise<Outbound> {
  const router = createRouter({ shelf: memoryShelf(), ...parts } as RouterParts);
  const said: Outbound[] = [];
  const event: Inbound = {
    ...{ id: '1', address: {}, ...asked },
    person: { id: 'ann', name: 'Ann', admin: false },
    place: { platform: 'stage', channel: 'main' },
    responder: {
      acknowledge: () => Promise.resolve({}),
      prepare: () => Promise.resolve(),
      dismiss: () => Promise.resolve(),
      reply: (outbound, options) => {
        expect(options).toEqual({ private: true });
        said.push(outbound);
        return Promise.resolve();
      },
    },
  };
  await router.handle(event);
  expect(said).toHaveLength(1);
  return said[0]!;
}

it('what a person can mend is told in its own words', async () => {
  const { text, log } = await toldAbout(new DreamError('unknown-layer', 'no layer x', 'Try y.'));
  expect(text).toBe('No layer x.\nTry y.');
  expect(log.entries).toEqual([]);
});

it.each([
  new TypeError("cannot read '/srv/dream/secret'"),
  new DreamError('bad-model', "the folder of models '/srv/dream/models' cannot be read"),
  new DreamError('cannot-write', "'/srv/dream/data/pictures' cannot be written to"),
])('what is wrong on the machine is told to the log, by the same number: %s', async (error) => {
  const { text, log } = await toldAbout(error);
  expect(text).not.toContain('/srv');
  const [{ err, incident }] = log.of('an event failed') as [{ err: unknown; incident: string }];
  expect(err).toBe(error);
  expect(text).toContain(`incident ${incident}`);
});

it.each([
  ['contest', /^\*\*Contests of dreams\*\*: people enter .*`\/contest start theme:"Soft clouds"/s],
  ['models', /^\*\*\/models\*\* · The networks that can dream here\.$/],
])('/%s by itself is answered by how to begin, and not as a mistake', async (command, words) => {
  const { text, tone } = await answerTo(
    { kind: 'command', command, values: {} },
    { log: new TestLog(), commands, actions: [] },
  );
  expect(text).toMatch(words);
  expect(tone).toBeUndefined();
});

it('/settings by itself is for admins, as its parts are', async () => {
  const { text } = await answerTo(
    { kind: 'command', command: 'settings', values: {} },
    { log: new TestLog(), commands, actions: [] },
  );
  expect(text).toBe('/settings is for admins of this place.');
});

it('the button of a dream that is not kept any more says so, and what to do', async () => {
  const studio = { order: () => Promise.resolve(null) } as Partial<RouterParts['studio']>;
  const { text } = await answerTo(
    { kind: 'action', action: 'again:0123456789ab' },
    { log: new TestLog(), actions, studio: studio as RouterParts['studio'] },
  );
  expect(text).toMatch(/^The dream that this button belongs to is no longer here.*\/dream/s);
});

it('a slow button can be pressed again when it was answered, or came to nothing, and not before', async () => {
  let pressed = 0;
  const slow: Action = {
    ...{ name: 'slow', about: 'contest' },
    run: () => {
      pressed += 1;
      return pressed === 1 ? Promise.reject(new DreamError('wrong-phase', 'not now')) : held;
    },
  };
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const parts = { shelf: memoryShelf(), actions: [slow], log: new TestLog() };
  const router = createRouter(parts as unknown as RouterParts);
  const responder: ActionEvent['responder'] = {
    acknowledge: () => Promise.resolve({}),
    ...{ prepare: async () => {}, dismiss: async () => {}, reply: async () => {} },
  };
  const press = (id: string): Promise<void> =>
    router.handle({
      ...{ kind: 'action', id, action: 'slow:1', address: {}, responder },
      person: { id: 'ann', name: 'Ann', admin: false },
      place: { platform: 'stage', channel: 'main' },
    });
  vi.useFakeTimers({ toFake: ['performance'] });
  await press('1');
  const second = press('2');
  vi.advanceTimersByTime(5000);
  const third = press('3');
  await setImmediate();
  expect(pressed).toBe(2);
  release();
  await Promise.all([second, third]);
  vi.advanceTimersByTime(5000);
  await press('4');
  vi.useRealTimers();
  expect(pressed).toBe(3);
});
