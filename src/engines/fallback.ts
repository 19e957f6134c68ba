/** An engine that goes on elsewhere when it fails: on a GPU that is lost or out of memory. */
import { DreamError } from '../kit/errors.ts';
import type { Ascent, Evaluation, GradientEngine, Planes } from './engine.ts';
import { LineOfEngines } from './line-of-engines.ts';
import type { FallbackOptions, Station } from './line-of-engines.ts';

/**
 * Where a call of `primary` fails, the same call is made again: in smaller tiles where memory ran
 * out, else with the next engine. Only what was wrong with the call itself (a DreamError) is thrown,
 * or what the last engine throws. Nothing that was computed before is lost.
 */
export function withFallback(primary: GradientEngine, options: FallbackOptions): GradientEngine {
  const line = new LineOfEngines(primary, options);
  return {
    name: primary.name,
    describe: () => line.describe(),
    async prepare(graph, objective, prepareOptions) {
      const ascent = new Persistent(line, ({ engine, memory }) =>
        engine.prepare(graph, objective, {
          ...prepareOptions,
          ...smaller(memory, prepareOptions?.memory),
        }),
      );
      await ascent.open();
      return ascentOf(ascent);
    },
    async evaluate(graph, outputs) {
      const evaluation = new Persistent(line, ({ engine }) => engine.evaluate(graph, outputs));
      await evaluation.open();
      return {
        at: (picture) => evaluation.use((made) => made.at(picture)),
        dispose: () => evaluation.dispose(),
      };
    },
  };
}

/** What was found to be enough may be more than the caller wants to be taken. */
function smaller(enough: number | undefined, wanted: number | undefined): { memory?: number } {
  if (enough === undefined) return {};
  return { memory: Math.min(enough, wanted ?? Infinity) };
}

function ascentOf(persistent: Persistent<Ascent>): Ascent {
  return {
    async calibrate(picture) {
      await persistent.use((ascent) => ascent.calibrate(picture));
      // The caller may change its picture; another engine will have to see this one.
      const seen: Planes = { ...picture, data: picture.data.slice() };
      persistent.settled = (ascent) => ascent.calibrate(seen);
    },
    at: (picture) => persistent.use((ascent) => ascent.at(picture)),
    dispose: () => persistent.dispose(),
  };
}

/** Something that an engine made, made anew by the next one where it fails. */
class Persistent<Made extends Ascent | Evaluation> {
  /** Brings a new one to where the one before was. */
  settled: ((made: Made) => Promise<void>) | null = null;
  #made: Made | null = null;
  #station: Station | null = null;

  constructor(
    private readonly line: LineOfEngines,
    private readonly make: (station: Station) => Promise<Made>,
  ) {}

  open(): Promise<void> {
    return this.use(() => Promise.resolve());
  }

  async use<Result>(work: (made: Made) => Promise<Result>): Promise<Result> {
    for (;;) {
      this.#station ??= await this.line.first();
      try {
        return await work(await this.#ready(this.#station));
      } catch (error) {
        if (error instanceof DreamError) throw error;
        await this.dispose();
        this.#station = await this.line.after(this.#station, error);
      }
    }
  }

  async dispose(): Promise<void> {
    const made = this.#made;
    this.#made = null;
    // A lost device fails here once more, and has nothing to give back.
    await made?.dispose().catch(() => undefined);
  }

  async #ready(station: Station): Promise<Made> {
    if (this.#made) return this.#made;
    this.#made = await this.make(station);
    await this.settled?.(this.#made);
    return this.#made;
  }
}
