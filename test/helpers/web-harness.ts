/** The web chat as two people see it, each in a tab: HTTP and Server-Sent Events over loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../src/chat/command.ts';
import type { Person } from '../../src/chat/inbound.ts';
import type { WireMessage } from '../../src/platforms/web/wire.ts';
import type { PlatformHarness, Seen, Who } from './platform-harness.ts';
import { memoryShelf } from './memory-shelf.ts';
import { listeningChat } from './web-chat.ts';
import type { RunningChat } from './web-chat.ts';
import { openTab } from './web-tab.ts';
import type { Tab } from './web-tab.ts';

const PEOPLE: Readonly<Record<Who, Person>> = {
  ann: { id: 'ann', name: 'ann', admin: true },
  bob: { id: 'bob', name: 'bob', admin: false },
};

const NO_PICTURES = {
  read: (id: string): Promise<never> => Promise.reject(new Error(`there is no ${id}`)),
};

export async function webHarness(commands: readonly Command[]): Promise<PlatformHarness> {
  const uploadsDir = await mkdtemp(join(tmpdir(), 'dream-uploads-'));
  let chat: RunningChat | undefined;
  let tabs: Readonly<Record<Who, Tab>> | undefined;
  let waiting: (() => void)[] = [];
  const pictures = new Map<string, Uint8Array>();

  const changed = (): void => {
    const resolvers = waiting;
    waiting = [];
    for (const resolve of resolvers) resolve();
  };
  const close = async (): Promise<void> => {
    for (const tab of Object.values(tabs ?? {})) tab.close();
    await chat?.close();
  };
  const tabOf = (who: Who): Tab => tabs![who];
  const pictureOf = async (who: Who, source: string): Promise<Uint8Array | null> => {
    const known = pictures.get(source);
    if (known) return known;
    const response = await tabOf(who).get(source);
    // A preview may be gone by now.
    if (!response.ok) return null;
    const bytes = new Uint8Array(await response.arrayBuffer());
    pictures.set(source, bytes);
    return bytes;
  };

  return {
    name: 'web',
    async connect(parts) {
      await close();
      const { shelf, pictures: stored } = parts ?? { shelf: memoryShelf(), pictures: NO_PICTURES };
      const running = await listeningChat({
        ...{ commands, shelf, uploadsDir, pictures: stored },
        people: ({ headers }) => PEOPLE[headers['x-person'] as Who],
      });
      chat = running;
      return {
        ...running.platform,
        async start(handler) {
          await running.platform.start(handler);
          tabs = {
            ann: openTab(running.url, { 'x-person': 'ann' }, changed),
            bob: openTab(running.url, { 'x-person': 'bob' }, changed),
          };
          await Promise.all([tabs.ann.ready, tabs.bob.ready]);
        },
      };
    },
    async command(who, command, values, picture, mask) {
      const options = Object.entries(values).map(([name, value]) => `${name}:"${value}"`);
      await tabOf(who).send([`/${command}`, ...options].join(' '), picture, mask);
    },
    async press(who, { id }, action, choice) {
      await tabOf(who).press(id, action, choice);
    },
    complete: (who, command, option, text) => tabOf(who).complete(command, option, text),
    messages: (who) => {
      const said = tabOf(who)
        .messages()
        .filter(({ author }) => author === null);
      return Promise.all(
        said.map(async (message) => {
          const source = message.picture?.source;
          return seen(message, source === undefined ? null : await pictureOf(who, source));
        }),
      );
    },
    changed: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    async close() {
      await close();
      await rm(uploadsDir, { recursive: true, force: true });
    },
  };
}

function seen(message: WireMessage, picture: Uint8Array | null): Seen {
  const { id, text, fields = [], buttons = [], menu } = message;
  return {
    id,
    text,
    fields: fields.map(({ name, value }) => `${name}: ${value}`).join('\n'),
    alt: message.picture?.alt ?? null,
    picture,
    buttons: buttons.map(({ label, action }) => ({ label, action })),
    menu: menu ? { action: menu.action, values: menu.choices.map(({ value }) => value) } : null,
    private: message.private,
  };
}
