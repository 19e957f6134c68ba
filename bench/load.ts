/**
 * 200 orders of 40 people, by the whole bot in a process of its own: from the event that a chat
 * platform sends to the acknowledgement and the picture that it receives. The platform is the
 * tests' stand-in for Discord, in this process; it takes its share of the processors, which is told.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import sharp from 'sharp';
import { DiscordServer } from '../test/helpers/discord-server.ts';
import type { Asked, Guest } from '../test/helpers/discord-world.ts';
import { startBotProcess } from '../test/main/bot-process.ts';
import type { BotProcess } from '../test/main/bot-process.ts';
import { askFor, until, variablesFor } from '../test/main/discord-account.ts';
import { bareEngine } from './load-bare.ts';
import type { Settings } from './load-bare.ts';
import { arrivals, COUNTS } from './load-crowd.ts';
import { processesOf } from './process-tree.ts';
import { median } from './statistics.ts';

/** That wait before the first acknowledgement counts. */
const WAITING = 50;
/** Dreams of the bare engine before the bot, and after it. */
const BARE = 50;
/** Of the bare engine's time for a dream: somebody asks so often, and the bot never runs dry. */
const PACE = 0.8;
/** Of the attached picture, in pixels. */
const [WIDTH, HEIGHT] = [192, 128];

/** What everybody asks for. */
interface Wish {
  readonly name: string;
  readonly settings: Settings;
}

const WISHES: readonly Wish[] = [
  { name: '/dream layer:mixed5', settings: { layer: 'mixed5' } },
  {
    name: 'the shortest: /dream layer:mixed0 octaves:1 steps:6',
    settings: { layer: 'mixed0', octaves: 1, steps: 6 },
  },
];

interface Order {
  readonly person: Guest;
  readonly asked: Asked;
  readonly sentAt: number;
  acknowledgedAt?: number;
  answeredAt?: number;
}

export async function load(): Promise<void> {
  const photo = await sharp('examples/clouds.png').resize(WIDTH, HEIGHT).png().toBuffer();
  for (const wish of WISHES) {
    console.log(`\n${wish.name}, on ${WIDTH}×${HEIGHT}`);
    // On both sides of the bot: the machine's speed drifts.
    const before = await bareEngine(wish.settings, photo, BARE);
    const seconds = await secondsByBot(wish, photo, PACE * before.seconds);
    const after = await bareEngine(wish.settings, photo, BARE);
    const bare = (before.seconds + after.seconds) / 2;
    console.log(
      `  of a dream: ${inMilliseconds(seconds)}, by the bare engine ${inMilliseconds(before.seconds)} before and ${inMilliseconds(after.seconds)} after (${inMilliseconds(before.processorSeconds)} of processor time)`,
    );
    console.log(`  throughput: ${(bare / seconds).toFixed(2)} of the bare engine's`);
  }
}

/**
 * Of each order, from the first event to the last picture.
 * @param pause seconds between two events after the first fifty
 */
async function secondsByBot(wish: Wish, photo: Buffer, pause: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'dream-bench-'));
  const server = await DiscordServer.start();
  const bot = startBotProcess(folder, {
    ...variablesFor(server),
    ...{ LOG_LEVEL: 'info', STOP_SECONDS: '1' },
  });
  try {
    const url = await bot.up;
    const orders: Order[] = [];
    const place = (person: Guest): Order => {
      const sentAt = performance.now();
      const order: Order = { person, asked: askFor(server, person, wish.settings, photo), sentAt };
      orders.push(order);
      return order;
    };
    const unwatch = watch(server, orders);
    const warm = place('guest-99');
    await until(server, () => warm.answeredAt !== undefined);
    orders.length = 0;
    const before = await residentMegabytes(url);
    const work = processorTime(bot);
    const began = performance.now();
    await ordered(server, orders, place, 1000 * pause);
    const seconds = (performance.now() - began) / 1000;
    unwatch();
    report(orders);
    console.log(
      `  memory of the bot: ${before} MB before, ${await residentMegabytes(url)} MB after`,
    );
    console.log(`  processor time of an order: ${work(orders.length)}`);
    bot.signal('SIGTERM');
    await bot.ended;
    return seconds / orders.length;
  } finally {
    await bot.kill();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function ordered(
  server: DiscordServer,
  orders: readonly Order[],
  place: (person: Guest) => Order,
  pause: number,
): Promise<void> {
  const people = arrivals();
  for (const person of people.slice(0, WAITING + 1)) place(person);
  await until(server, () => orders.every(({ acknowledgedAt }) => acknowledgedAt !== undefined));
  const burst = Math.max(...orders.map((order) => order.acknowledgedAt! - order.sentAt));
  console.log(`  ${WAITING + 1} at once: the last is acknowledged after ${burst.toFixed(0)} ms`);
  for (const person of people.slice(WAITING + 1)) {
    await after(pause);
    place(person);
  }
  await until(server, () => orders.every(({ answeredAt }) => answeredAt !== undefined));
}

/** Notes when acknowledgements and answers arrive. */
function watch(server: DiscordServer, orders: readonly Order[]): () => void {
  let ended = false;
  void server.world.until(() => {
    const now = performance.now();
    for (const order of orders) {
      if (order.asked.answer) order.acknowledgedAt ??= now;
      const { original } = order.asked;
      if (order.answeredAt !== undefined || original === undefined) continue;
      const { components } = server.world.messages.get(original)!.message;
      if (JSON.stringify(components).includes('again:')) order.answeredAt = now;
    }
    return ended ? true : undefined;
  });
  return () => {
    ended = true;
    server.world.changed();
  };
}

function report(orders: readonly Order[]): void {
  const counting = orders.slice(WAITING + 1).filter(({ sentAt }) => {
    const open = orders.filter(
      (order) => order.sentAt < sentAt && (order.answeredAt ?? Infinity) > sentAt,
    );
    return open.length > WAITING;
  });
  const times = counting.map(({ sentAt, acknowledgedAt }) => acknowledgedAt! - sentAt);
  const [p50, p99] = [median(times), percentile(times, 0.99)];
  console.log(
    `  acknowledged after ${p50.toFixed(0)} ms (p50), ${p99.toFixed(0)} ms (p99), of ${times.length} while ${WAITING} wait and one renders`,
  );
  const waits = (isMeant: (count: number) => boolean): string => {
    const seconds = orders
      .filter(({ person }) => isMeant(COUNTS[Number(person.slice(6))]!))
      .map(({ sentAt, answeredAt }) => (answeredAt! - sentAt) / 1000);
    return `${median(seconds).toFixed(1)} s (${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)})`;
  };
  console.log(`  waits of those who ask once: ${waits((count) => count === 1)}`);
  console.log(
    `  of those who ask four or five times: ${waits((count) => count > 1 && count < 50)}`,
  );
  console.log(`  of the one who asks 50 times: ${waits((count) => count === 50)}`);
}

function inMilliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(0)} ms`;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

async function residentMegabytes(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const bytes = Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]);
  return Math.round(bytes / 2 ** 20);
}

/** From now on: of each of the bot's processes, and of the stand-in. */
function processorTime({ pid }: BotProcess): (orders: number) => string {
  const own = process.cpuUsage();
  const before = processesOf(pid);
  return (orders) => {
    const { user, system } = process.cpuUsage(own);
    const bots = [...processesOf(pid)].map(([id, { seconds, program }]) => {
      const spent = seconds - (before.get(id)?.seconds ?? 0);
      return `${((1000 * spent) / orders).toFixed(0)} ms in ${basename(dirname(program))}`;
    });
    const stand = `${((user + system) / 1000 / orders).toFixed(0)} ms in the stand-in`;
    return [...bots, stand].join(', ');
  };
}
