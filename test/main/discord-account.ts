/** Who asked what on the stand-in, and what each of them got for it. */
import { openDatabase } from '../../src/studio/store/database.ts';
import { silentLog } from '../../src/kit/log.ts';
import { ApplicationCommandOptionType as Type } from 'discord.js';
import type { DiscordServer } from '../helpers/discord-server.ts';
import { TOKEN, userOf } from '../helpers/discord-world.ts';
import type { Asked, Guest, Kept } from '../helpers/discord-world.ts';
import type { Who } from '../helpers/platform-harness.ts';
import type { Variables } from './bot-process.ts';

const PICTURE = '1100000000000000999';

export interface Wish {
  readonly steps: number;
  readonly size: number;
  /** Without it, the clouds. */
  readonly picture?: Uint8Array;
}

/** What the bot needs to find the stand-in. */
export function variablesFor(server: DiscordServer): Variables {
  return {
    DISCORD_TOKEN: TOKEN,
    DISCORD_API_URL: server.apiUrl,
    PICTURE_HOSTS: new URL(server.origin).host,
    ...{ MAX_PER_PERSON: '1000', MAX_PER_SERVER: '1000', MAX_QUEUE: '1000' },
  };
}

/** A dream that takes little time. */
export function ask(
  server: DiscordServer,
  who: Who | Guest,
  { steps, size, picture }: Wish,
): Asked {
  return askFor(server, who, { layer: 'mixed0', octaves: 1, steps, size }, picture);
}

/** @param settings options of /dream by their names; numbers are whole ones. */
export function askFor(
  server: DiscordServer,
  who: Who | Guest,
  settings: Readonly<Record<string, string | number>>,
  picture?: Uint8Array,
): Asked {
  const files = picture && {
    [PICTURE]: { name: 'photo.png', contentType: 'image/png', bytes: picture },
  };
  const options = [
    ...Object.entries(settings).map(([name, value]) => ({
      ...{ name, value },
      type: typeof value === 'number' ? Type.Integer : Type.String,
    })),
    ...(files ? [{ name: 'picture', type: Type.Attachment, value: PICTURE }] : []),
  ];
  return server.slash(who, 'dream', options, files ? { files } : {});
}

/** The final answers to an order, wherever they stand: each has a button to dream it again. */
export function finalAnswers({ world }: DiscordServer, order: string): Kept[] {
  return [...world.messages.values()].filter(({ message }) =>
    JSON.stringify(message.components).includes(`again:${order}`),
  );
}

export interface StoredOrder {
  readonly id: string;
  readonly event: string;
  readonly state: string;
  readonly failure: string | null;
}

/** All orders in a folder that no bot has open. */
export async function ordersIn(dataDir: string): Promise<StoredOrder[]> {
  const database = await openDatabase(dataDir, silentLog);
  try {
    const orders = database.tables.selectFrom('orders');
    return await orders.select(['id', 'event', 'state', 'failure']).execute();
  } finally {
    await database.close();
  }
}

/** Everything that is not as it has to be: an empty list where nothing was lost or sent twice. */
export function audit(server: DiscordServer, orders: readonly StoredOrder[]): string[] {
  const { world } = server;
  const stored = new Set(orders.map(({ event }) => event));
  const forgotten = [...world.interactions.values()]
    .filter(({ id, answer }) => answer?.type === THINKING && !stored.has(id))
    .map(({ id }) => `${id} was acknowledged and is not stored`);
  return [...forgotten, ...orders.flatMap((order) => faultsOf(server, order)), ...world.violations];
}

const THINKING = 5;

function faultsOf(server: DiscordServer, { id, event, state }: StoredOrder): string[] {
  const asked = [...server.world.interactions.values()].find((each) => each.id === event);
  if (!asked) return [`${id} was never asked for`];
  const answers = finalAnswers(server, id);
  const [answer] = answers;
  if (state !== 'delivered') return [`${id} is ${state}`];
  if (!answer || answers.length > 1) return [`${id} has ${answers.length} answers`];
  const { message, alerted } = answer;
  if (message.channel_id !== asked.channel) return [`${id} was answered elsewhere`];
  // Where Discord heard of it in time, that message says it; else a new one that names the person.
  const inPlace = asked.answer
    ? message.id === asked.original
    : alerted.includes(userOf(asked.who).id);
  return inPlace ? [] : [`${id} was answered in another message`];
}

export async function until({ world }: DiscordServer, met: () => boolean): Promise<void> {
  await world.until(() => (met() ? true : undefined));
}

/** Resolves at the next request of this kind. */
export async function called(server: DiscordServer, on: RegExp, saying = /^/): Promise<void> {
  const before = server.calls.length;
  await until(server, () =>
    server.calls
      .slice(before)
      .some(
        ({ method, path, json }) =>
          on.test(`${method} ${path}`) && saying.test(JSON.stringify(json)),
      ),
  );
}
