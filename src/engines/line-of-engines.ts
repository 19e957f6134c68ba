/** Engines in the order in which they are tried, and what is known about each. */
import { DreamError } from '../kit/errors.ts';
import type { GradientEngine } from './engine.ts';

export interface FallbackOptions {
  /** What to go on with, best first; made when it is needed. */
  readonly others: readonly (() => Promise<GradientEngine>)[];
  /** Takes a sentence for the person whose dream it is. */
  readonly tell: (notice: string) => void;
}

/** An engine, and the memory that it may use. */
export interface Station {
  readonly index: number;
  readonly engine: GradientEngine;
  /** Bytes of the process, as `PrepareOptions` has it; its own choice without. */
  readonly memory: number | undefined;
}

/** After its own choice, where memory ran out. */
const SMALLER: readonly number[] = [1000e6, 500e6];

/** An engine that has failed so often is not tried again by this process. */
const MOST_FAILURES = 2;

const OUT_OF_MEMORY =
  /out of memory|OUT_OF_(DEVICE_|HOST_)?MEMORY|bad_alloc|ResourceExhausted|OOM when allocating|(failed|unable) to allocate|exceeds? the (max|limit)|larger than the max/i;

interface Known {
  engine: GradientEngine | null;
  failures: number;
  /** Which of `SMALLER` it is at; −1 for its own choice. */
  size: number;
}

export class LineOfEngines {
  readonly #known: Known[];
  readonly #makers: readonly (() => Promise<GradientEngine>)[];
  #last: GradientEngine;

  constructor(
    primary: GradientEngine,
    private readonly options: FallbackOptions,
  ) {
    this.#makers = [() => Promise.resolve(primary), ...options.others];
    this.#known = this.#makers.map(() => ({ engine: null, failures: 0, size: -1 }));
    this.#last = primary;
  }

  /** The engine that computed last. */
  describe(): string {
    return this.#last.describe();
  }

  /** The best that has not failed too often. */
  first(): Promise<Station> {
    const index = this.#known.findIndex(({ failures }) => failures < MOST_FAILURES);
    return this.#stationAt(index === -1 ? this.#known.length - 1 : index);
  }

  /** Where to go on; says so. @throws the error where there is nowhere */
  async after({ index, engine }: Station, error: unknown): Promise<Station> {
    if (index + 1 === this.#known.length) throw error;
    const known = this.#known[index]!;
    const reason = reasonOf(error);
    const failed = `${engine.describe()} failed (${reason})`;
    if (OUT_OF_MEMORY.test(reason) && known.size + 1 < SMALLER.length) {
      known.size += 1;
      this.options.tell(`${failed}: the dream went on in smaller tiles.`);
      return this.#stationAt(index);
    }
    known.failures += 1;
    const next = await this.#stationAt(index + 1);
    this.options.tell(`${failed}: the dream went on with ${next.engine.describe()}.`);
    return next;
  }

  /** That engine, or the next that can be made. */
  async #stationAt(index: number): Promise<Station> {
    const known = this.#known[index]!;
    try {
      known.engine ??= await this.#makers[index]!();
    } catch (error) {
      if (!(error instanceof DreamError) || index + 1 === this.#known.length) throw error;
      return this.#stationAt(index + 1);
    }
    const { engine } = known;
    this.#last = engine;
    return { index, engine, memory: SMALLER[known.size] };
  }
}

const MOST_LETTERS = 160;

/** One line of what a library says. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split('\n').find((text) => text.trim() !== '') ?? 'no reason given';
  return line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS)}…` : line.trim();
}
