/** A studio on a folder of a test, with small and quick orders. */
import { presets } from '../../src/dream/presets.ts';
import type { Logger, LogFields } from '../../src/kit/log.ts';
import { LocalStudio } from '../../src/studio/local-studio.ts';
import type { LocalStudioOptions } from '../../src/studio/local-studio-options.ts';
import { Models } from '../../src/studio/models.ts';
import type { DreamJob, NewOrder, OrderUpdate } from '../../src/studio/order.ts';
import type { Studio } from '../../src/studio/studio.ts';

/** A log that can be asked, and awaited. */
export class TestLog implements Logger {
  readonly entries: { level: string; fields: LogFields; message: string }[] = [];
  readonly #waiting = new Set<() => void>();

  debug = this.#at('debug');
  info = this.#at('info');
  warn = this.#at('warn');
  error = this.#at('error');

  /** The fields of every entry with this message. */
  of(message: string): LogFields[] {
    return this.entries.filter((entry) => entry.message === message).map(({ fields }) => fields);
  }

  /** The processes that took an order, one after another. */
  pidsOf(order: string): number[] {
    const begun = this.of('render begun').filter((fields) => fields.order === order);
    return begun.map(({ pid }) => pid as number);
  }

  async until(message: string, count = 1): Promise<LogFields> {
    for (;;) {
      const found = this.of(message)[count - 1];
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #at(level: string): (fields: LogFields, message: string) => void {
    return (fields, message) => {
      this.entries.push({ level, fields, message });
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    };
  }
}

/** Shared: loading a graph takes a while. */
export const models = new Models();

export async function openStudio(
  dataDir: string,
  options: Partial<LocalStudioOptions> = {},
): Promise<{ studio: LocalStudio; log: TestLog }> {
  const log = new TestLog();
  const engine = { engine: 'onnx', threads: 1 };
  const studio = await LocalStudio.open({ dataDir, models, version: '0', log, engine, ...options });
  return { studio, log };
}

export const job: DreamJob = {
  kind: 'dream',
  model: 'mobilenet_v2',
  recipe: { ...presets.default, layer: 'block_1_expand', octaves: 1, steps: 2 },
  size: 64,
  deepLayers: false,
};

/** So long that a test has to end it. */
export const longJob: DreamJob = { ...job, recipe: { ...job.recipe, steps: 1000 } };

/** A picture that a test supplies, or does not. */
export const attachment = { from: 'attachment', reference: 'x', name: 'x.png' } as const;

let events = 0;

export function newOrder(changes: Partial<NewOrder> & { person?: string } = {}): NewOrder {
  const { person = 'ada', ...rest } = changes;
  return {
    requester: { id: person, name: person },
    place: { platform: 'test', server: 'home', channel: 'general' },
    address: { message: '1' },
    job,
    source: { from: 'clouds' },
    event: `event ${(events += 1)}`,
    spoiler: false,
    ...rest,
  };
}

/** Everything that a watcher hears, to the end. */
export async function updatesOf(studio: Studio, id: string): Promise<OrderUpdate[]> {
  const updates: OrderUpdate[] = [];
  for await (const update of studio.watch(id)) updates.push(update);
  return updates;
}

/** Waits until an order stands as asked. */
export async function until(
  studio: Studio,
  id: string,
  isSo: (update: OrderUpdate) => boolean,
): Promise<OrderUpdate> {
  const heard: string[] = [];
  for await (const update of studio.watch(id)) {
    if (isSo(update)) return update;
    heard.push(update.state);
  }
  throw new Error(`the order ended before: ${heard.join(', ')}`);
}

export const steps = (update: OrderUpdate): boolean =>
  update.state === 'rendering' && update.fraction > 0;
