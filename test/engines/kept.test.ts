import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GradientEngine, Planes } from '../../src/engines/engine.ts';
import { keepingLast } from '../../src/engines/kept.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { parseObjective } from '../../src/objectives/parse.ts';

const graph = new GraphBuilder();
const objective = parseObjective('mixed5', { measure: 'mean' });
const small = { largest: { rows: 128, columns: 192 } };
const picture: Planes = { rows: 1, columns: 1, data: new Float32Array(3) };

/** Counts what it prepares and gives back; its ascents fail where `failing`. */
class CountingEngine implements GradientEngine {
  readonly name = 'counting';
  prepared = 0;
  disposed = 0;
  failing = false;
  station = 'one';

  describe(): string {
    return this.station;
  }

  prepare(): ReturnType<GradientEngine['prepare']> {
    this.prepared += 1;
    return Promise.resolve({
      calibrate: () => Promise.resolve(),
      at: () =>
        this.failing
          ? Promise.reject(new Error('lost'))
          : Promise.resolve({ score: 1, gradient: new Float32Array(3) }),
      dispose: () => {
        this.disposed += 1;
        return Promise.resolve();
      },
    });
  }

  evaluate(): never {
    throw new Error('not asked for here');
  }
}

describe('an engine that keeps its last ascent', () => {
  let engine: CountingEngine;
  let keeping: GradientEngine;

  beforeEach(() => {
    vi.useFakeTimers();
    engine = new CountingEngine();
    keeping = keepingLast(engine);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives it again for the same objective', async () => {
    await (await keeping.prepare(graph, objective, small)).dispose();
    const again = await keeping.prepare(graph, objective, small);
    expect(await again.at(picture)).toMatchObject({ score: 1 });
    expect(engine).toMatchObject({ prepared: 1, disposed: 0 });
  });

  it('gives nobody one that is in use', async () => {
    const one = await keeping.prepare(graph, objective, small);
    const other = await keeping.prepare(graph, objective, small);
    expect(engine.prepared).toBe(2);
    await one.dispose();
    await other.dispose();
    expect(engine.disposed).toBe(1);
  });

  it('gives it back for another objective, for a large picture, and after a while', async () => {
    await (await keeping.prepare(graph, objective, small)).dispose();
    await (
      await keeping.prepare(graph, parseObjective('mixed4', { measure: 'mean' }), small)
    ).dispose();
    expect(engine).toMatchObject({ prepared: 2, disposed: 1 });
    const large = { largest: { rows: 1024, columns: 1024 } };
    await (await keeping.prepare(graph, objective, large)).dispose();
    expect(engine).toMatchObject({ prepared: 3, disposed: 3 });
    await (await keeping.prepare(graph, objective, small)).dispose();
    await vi.runAllTimersAsync();
    expect(engine).toMatchObject({ prepared: 4, disposed: 4 });
  });

  it('keeps none that failed, or went on with another engine', async () => {
    engine.failing = true;
    const failed = await keeping.prepare(graph, objective, small);
    await expect(failed.at(picture)).rejects.toThrow('lost');
    await failed.dispose();
    expect(engine.disposed).toBe(1);
    const moved = await keeping.prepare(graph, objective, small);
    engine.station = 'two';
    await moved.dispose();
    expect(engine).toMatchObject({ prepared: 2, disposed: 2 });
  });

  it('is given back once, however often it is told', async () => {
    const ascent = await keeping.prepare(graph, objective, small);
    await ascent.dispose();
    await ascent.dispose();
    await keeping.prepare(graph, objective, small);
    expect(engine).toMatchObject({ prepared: 1, disposed: 0 });
  });
});
