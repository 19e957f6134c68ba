import { describe, expect, it } from 'vitest';
import type { GradientEngine } from '../../src/engines/engine.ts';
import { withFallback } from '../../src/engines/fallback.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { faulty } from '../helpers/faulty-engine.ts';
import { seededPicture } from '../helpers/planes.ts';
import { smallNetwork } from '../helpers/small-networks.ts';

const network = smallNetwork('same');
const objective = parseObjective('c', { measure: 'mean-square', whiten: 1 });
const processor = onnxEngine({ threads: 1 });
const LOST = 'WebGPU device lost (1): the driver was reset';
const FULL =
  'Non-zero status code returned: vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY';

/** Calibrates at one picture and climbs three others. */
async function climbed(
  engine: GradientEngine,
): Promise<{ score: number; gradient: Float32Array }[]> {
  const ascent = await engine.prepare(network, objective);
  const first = seededPicture(24, 30, 1);
  await ascent.calibrate(first);
  first.data.fill(0);
  const found = [];
  for (const seed of [2, 3, 4]) {
    const { score, gradient } = await ascent.at(seededPicture(24, 30, seed));
    found.push({ score, gradient: gradient.slice() });
  }
  await ascent.dispose();
  return found;
}

function guarded(primary: GradientEngine): { engine: GradientEngine; told: string[] } {
  const told: string[] = [];
  const others = [() => Promise.resolve(processor)];
  return { engine: withFallback(primary, { others, tell: (notice) => told.push(notice) }), told };
}

describe('an engine that can fail', () => {
  it('is not in the way while it works', async () => {
    const { engine, told } = guarded(faulty(() => null));
    expect(engine.describe()).toBe('onnxruntime 0.0.0 on a faulty GPU');
    expect(await climbed(engine)).toEqual(await climbed(processor));
    expect(told).toEqual([]);
  });

  // Run 0 calibrates, 1 to 3 climb.
  it.each([0, 1, 2, 3])('that is lost in run %i costs no step, and says so', async (lost) => {
    const { engine, told } = guarded(faulty((run) => (run < lost ? null : LOST)));
    expect(await climbed(engine)).toEqual(await climbed(processor));
    expect(told).toEqual([
      `onnxruntime 0.0.0 on a faulty GPU failed (${LOST}): the dream went on with ${processor.describe()}.`,
    ]);
    expect(engine.describe()).toBe(processor.describe());
  });

  it('tries smaller tiles first where memory runs out', async () => {
    const primary = faulty((run) => (run === 2 ? FULL : null));
    const { engine, told } = guarded(primary);
    expect(await climbed(engine)).toEqual(await climbed(processor));
    expect(primary.memories).toEqual([undefined, 1000e6]);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('OUT_OF_DEVICE_MEMORY): the dream went on in smaller tiles.');
    // The next dream begins with what was enough.
    await climbed(engine);
    expect(primary.memories).toEqual([undefined, 1000e6, 1000e6]);
  });

  it('never takes more memory than its caller gives', async () => {
    const primary = faulty((run) => (run === 0 ? FULL : null));
    const { engine } = guarded(primary);
    for (const memory of [700e6, 1500e6]) {
      const ascent = await engine.prepare(network, objective, { memory });
      await ascent.calibrate(seededPicture(24, 30, 1));
      await ascent.dispose();
    }
    expect(primary.memories).toEqual([700e6, 700e6, 1000e6]);
  });

  it('goes elsewhere where smaller tiles are not small enough', async () => {
    const primary = faulty((run) => (run === 0 ? null : FULL));
    const { engine, told } = guarded(primary);
    expect(await climbed(engine)).toEqual(await climbed(processor));
    expect(primary.memories).toEqual([undefined, 1000e6, 500e6]);
    expect(told).toHaveLength(3);
    expect(told[2]).toContain(processor.describe());
  });

  it('is tried again for the next dream, and not after it failed twice', async () => {
    const primary = faulty(() => LOST);
    const { engine, told } = guarded(primary);
    for (let dream = 0; dream < 4; dream++) await climbed(engine);
    expect(primary.memories).toHaveLength(2);
    expect(told).toHaveLength(2);
  });

  it('that cannot even be prepared is passed over', async () => {
    const broken = { ...faulty(() => null), prepare: () => Promise.reject(new Error(LOST)) };
    const { engine, told } = guarded(broken);
    expect(await climbed(engine)).toEqual(await climbed(processor));
    expect(told).toHaveLength(1);
  });

  it('evaluates elsewhere too', async () => {
    const { engine, told } = guarded(faulty(() => LOST));
    const layers = [network.layers.get('b')!];
    const picture = seededPicture(24, 30, 1);
    const [found, expected] = await Promise.all(
      [engine, processor].map(async (each) => {
        const evaluation = await each.evaluate(network, layers);
        const values = await evaluation.at(picture);
        await evaluation.dispose();
        return values;
      }),
    );
    expect(found).toEqual(expected);
    expect(told).toHaveLength(1);
  });

  it('passes over an engine that turns out not to be there', async () => {
    const told: string[] = [];
    const missing = (): Promise<GradientEngine> =>
      Promise.reject(new DreamError('engine-unavailable', 'not installed'));
    const others = [missing, () => Promise.resolve(processor)];
    const tell = (notice: string): unknown => told.push(notice);
    await climbed(
      withFallback(
        faulty(() => LOST),
        { others, tell },
      ),
    );
    expect(told[0]).toContain(processor.describe());
  });

  it('passes on what is wrong with the question, and what the last engine says', async () => {
    const refusing = {
      ...processor,
      prepare: () => Promise.reject(new DreamError('bad-channel', 'no such channel')),
    };
    const { engine, told } = guarded(refusing);
    await expect(climbed(engine)).rejects.toMatchObject({ code: 'bad-channel' });
    expect(told).toEqual([]);
    const failing = faulty(() => 'the last engine fails too');
    const both = withFallback(
      faulty(() => LOST),
      {
        others: [() => Promise.resolve(failing)],
        tell: (notice) => told.push(notice),
      },
    );
    await expect(climbed(both)).rejects.toThrow('the last engine fails too');
  });
});
