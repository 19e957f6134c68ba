/** An engine for many dreams of one network that are each over soon. */
import type { GradientEngine } from './engine.ts';
import { newRoom } from './program.ts';
import type { Room } from './program.ts';

/** What it prepares is `brief`; the memory of an ascent's weights goes to the next one's. */
export function briefly(engine: GradientEngine): GradientEngine {
  const left = new Rooms();
  return {
    name: engine.name,
    describe: () => engine.describe(),
    evaluate: (graph, outputs) => engine.evaluate(graph, outputs),
    async prepare(graph, objective, options) {
      const taken: Float32Array[] = [];
      const brief: Room = (count) => {
        const room = left.take(count);
        taken.push(room);
        return room;
      };
      const ascent = await engine.prepare(graph, objective, { ...options, brief });
      return {
        calibrate: (picture) => ascent.calibrate(picture),
        at: (picture) => ascent.at(picture),
        async dispose() {
          await ascent.dispose();
          // Once: a second call must not give away what the next ascent has by then.
          for (const room of taken.splice(0)) left.give(room);
        },
      };
    },
  };
}

/** Memory that nobody uses, by its length: the next ascent has the same layers, nearly all. */
class Rooms {
  readonly #left = new Map<number, Float32Array[]>();

  take(count: number): Float32Array {
    return this.#left.get(count)?.pop() ?? newRoom(count);
  }

  give(room: Float32Array): void {
    const others = this.#left.get(room.length) ?? [];
    others.push(room);
    this.#left.set(room.length, others);
  }
}
