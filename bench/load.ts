/**
 * 200 orders of 40 people, by the whole bot in a process of its own: from the event that a chat
 * platform sends to the acknowledgement and the picture that it receives. The platform is the
 * tests' stand-in for Discord, in this process; it takes its share of the processors, which is told.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { readPicture } from '../src/dream/picture.ts';
import { presets } from '../src/dream/presets.ts';
import { chooseEngine } from '../src/engines/choose.ts';
import { loadModel } from '../src/studio/catalogue.ts';
import { planRender } from '../src/studio/render.ts';
import { DiscordServer } from '../test/helpers/discord-server.ts';
import type { Asked, Guest } from '../test/helpers/discord-world.ts';
import { startBotProcess } from '../test/main/bot-process.ts';
import { ask, until, variablesFor } from '../test/main/discord-account.ts';
import { median } from './statistics.ts';

/** Orders of each person: one asks for 50, ten for one, the others for four or five. */
const COUNTS = [50, ...Array<number>(10).fill(1), ...Array<number>(29).fill(5)].map(
  (count, person) => (person > 34 ? 4 : count),
);
const WISH = { steps: 6, size: 192 };
/** That wait before the first acknowledgement counts. */
const WAITING = 50;
/** Milliseconds between two events. */
const PAUSE = 150;

interface Order {
  readonly person: Guest;
  readonly asked: Asked;
  readonly sentAt: number;
  acknowledgedAt?: number;
  answeredAt?: number;
}

export async function load(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dream-bench-'));
  const server = await DiscordServer.start();
  const bot = startBotProcess(folder, {
    ...variablesFor(server),
    ...{ LOG_LEVEL: 'info', STOP_SECONDS: '1' },
  });
  try {
    const url = await bot.up;
    const orders: Order[] = [];
    const unwatch = watch(server, orders);
    const warm = place(server, orders, 'guest-99');
    await until(server, () => warm.answeredAt !== undefined);
    orders.length = 0;
    const before = await metricsOf(url);
    const own = process.cpuUsage();
    const people = arrivals();
    const began = performance.now();
    for (const person of people.slice(0, WAITING + 1)) place(server, orders, person);
    await until(server, () => orders.every(({ acknowledgedAt }) => acknowledgedAt !== undefined));
    const burst = Math.max(...orders.map((order) => order.acknowledgedAt! - order.sentAt));
    for (const person of people.slice(WAITING + 1)) {
      await after(PAUSE);
      place(server, orders, person);
    }
    await until(server, () => orders.every(({ answeredAt }) => answeredAt !== undefined));
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(own);
    const afterwards = await metricsOf(url);
    unwatch();
    console.log(`  ${WAITING + 1} at once: the last is acknowledged after ${burst.toFixed(0)} ms`);
    report(orders);
    console.log(
      `  memory of the bot: ${before.megabytes} MB before, ${afterwards.megabytes} MB after`,
    );
    const bots = (1000 * (afterwards.seconds - before.seconds)) / orders.length;
    const others = (user + system) / 1000 / orders.length;
    console.log(
      `  processor time of an order: ${bots.toFixed(0)} ms in the bot besides its processes, ${others.toFixed(0)} ms in the stand-in`,
    );
    bot.signal('SIGTERM');
    await bot.ended;
    const bare = await bareSeconds(orders.length);
    console.log(
      `  ${orders.length} orders in ${seconds.toFixed(1)} s, bare engine ${bare.toFixed(1)} s: ${(bare / seconds).toFixed(2)} of its throughput`,
    );
  } finally {
    await bot.kill();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The one who asks for 50 comes first; the others come in turns, those who ask once in between. */
function arrivals(): Guest[] {
  const [many, ...others] = COUNTS.map((count, person) =>
    Array<Guest>(count).fill(`guest-${person}`),
  );
  const rounds = Math.max(...others.map(({ length }) => length));
  const turns = Array.from({ length: rounds }, (_, round) =>
    // Whoever asks once does so at some time, not all at the beginning.
    others.flatMap((orders, person) =>
      orders.length === 1
        ? person % rounds === round
          ? orders
          : []
        : orders.slice(round, round + 1),
    ),
  );
  return [...many!, ...turns.flat()];
}

function place(server: DiscordServer, orders: Order[], person: Guest): Order {
  const sentAt = performance.now();
  const order: Order = { person, asked: ask(server, person, WISH), sentAt };
  orders.push(order);
  return order;
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

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** Of the bot's own process: memory, and processor time since it began. */
async function metricsOf(url: string): Promise<{ megabytes: number; seconds: number }> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]);
  return {
    megabytes: Math.round(read('process_resident_memory_bytes') / 2 ** 20),
    seconds: read('process_cpu_seconds_total'),
  };
}

/** The same jobs, one after another, with nothing around them, as patient as a render process. */
async function bareSeconds(count: number): Promise<number> {
  setPriority(constants.priority.PRIORITY_LOW);
  const model = await loadModel('inception_v3');
  const { engine } = await chooseEngine({});
  const picture = await readPicture('examples/clouds.png', { maxSide: WISH.size });
  const recipe = { ...presets.default, layer: 'mixed0', octaves: 1, steps: WISH.steps };
  const once = async (): Promise<void> => {
    const frames = planRender(model, { picture, recipe }).run(engine);
    while (!(await frames.next()).done);
  };
  await once();
  const began = performance.now();
  for (let index = 0; index < count; index++) await once();
  return (performance.now() - began) / 1000;
}
