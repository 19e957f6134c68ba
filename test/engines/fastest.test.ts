import { mkdtempSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GradientEngine } from '../../src/engines/engine.ts';
import { fastestOf, keyOf, PROCESSOR } from '../../src/engines/fastest.ts';
import type { Candidate, MeasuredModel } from '../../src/engines/fastest.ts';
import { Measurements } from '../../src/engines/measurements.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { smallNetwork } from '../helpers/small-networks.ts';

const WEBGPU: Candidate = { engine: 'onnx', provider: 'webgpu' };
const CUDA: Candidate = { engine: 'onnx', provider: 'cuda' };
const HALF: Candidate = { ...WEBGPU, precision: 'half' };
const gpus = { found: ['a GPU'], nvidia: true, looked: [] };
const model: MeasuredModel = {
  name: 'small',
  hash: 'a'.repeat(64),
  graph: smallNetwork('same'),
  objective: parseObjective('c', { measure: 'mean' }),
  sides: [8, 16],
  decibels: () => Promise.reject(new Error('nothing computes in half precision')),
};

/** What each engine was asked for, in order. */
let asked: string[];
let begun: number;
let now = 0;
let path: string;
let measurements: Measurements;

const folder = temporaryFolder();

beforeEach(() => {
  [asked, begun] = [[], 0];
  path = join(mkdtempSync(join(folder, 'run-')), 'deeper', 'engines.json');
  measurements = new Measurements(path);
});

/** An engine that moves the clock. */
function taking(milliseconds: number, name: string): GradientEngine {
  return {
    name: 'onnx',
    describe: () => name,
    prepare: () =>
      Promise.resolve({
        calibrate: () => Promise.resolve(),
        at: ({ rows, columns }) => {
          asked.push(`${name} ${rows}`);
          now += milliseconds;
          return Promise.resolve({ score: 0, gradient: new Float32Array(3 * rows * columns) });
        },
        dispose: () => Promise.resolve(),
      }),
    evaluate: () => Promise.reject(new Error('not asked for')),
  };
}

function measured(
  times: Readonly<Record<string, number | Error>>,
  candidates: readonly Candidate[] = [PROCESSOR, WEBGPU, CUDA],
  decibels = model.decibels,
): Promise<Candidate> {
  return fastestOf(
    candidates,
    { ...model, decibels },
    {
      ...{ gpus, measurements },
      begins: () => begun++,
      clock: () => now,
      make: ({ provider, precision }) => {
        const name = precision === 'half' ? `${provider} half` : provider;
        const time = times[name]!;
        return time instanceof Error ? Promise.reject(time) : Promise.resolve(taking(time, name));
      },
    },
  );
}

describe('the fastest engine', () => {
  it('is found by measuring, once', async () => {
    const times = { cpu: 12, webgpu: 1, cuda: 6 };
    expect(await measured(times)).toEqual(WEBGPU);
    expect(begun).toBe(1);
    expect(asked).toContain('cuda 16');
    asked = [];
    expect(await measured(times)).toEqual(WEBGPU);
    expect(asked).toEqual([]);
    expect(begun).toBe(1);
  });

  it('is the processor where a device that passes for a GPU is slower', async () => {
    expect(await measured({ cpu: 1, webgpu: 30, cuda: 30 })).toEqual(PROCESSOR);
    // One that is far behind is not asked for more.
    expect(asked.filter((what) => what.startsWith('webgpu'))).toEqual(['webgpu 8', 'webgpu 8']);
  });

  it('is another where one fails, which is noted down with its reason', async () => {
    expect(await measured({ cpu: 12, webgpu: new Error('no Vulkan'), cuda: 1 })).toEqual(CUDA);
    const [entry] = await measurements.all();
    expect(entry!.timings[1]).toEqual({ ...WEBGPU, milliseconds: null, note: 'no Vulkan' });
  });

  it.each([
    [40, HALF],
    [39.9, WEBGPU],
  ])('in half precision has to come near: with %d dB', async (found, expected) => {
    const compared: string[] = [];
    const decibels: MeasuredModel['decibels'] = (engine, reference) => {
      compared.push(`${engine.describe()} to ${reference.describe()}`);
      return Promise.resolve(found);
    };
    const candidates = [PROCESSOR, WEBGPU, HALF];
    const times = { cpu: 12, webgpu: 5, 'webgpu half': 3 };
    expect(await measured(times, candidates, decibels)).toEqual(expected);
    expect(compared).toEqual(['webgpu half to cpu']);
    const [entry] = await measurements.all();
    expect(entry!.timings).toEqual([
      { ...PROCESSOR, milliseconds: 12 },
      { ...WEBGPU, milliseconds: 5 },
      { ...HALF, milliseconds: 3, decibels: found },
    ]);
    // Kept: a dream that is too far off is no failure that is tried again.
    expect(await measured(times, candidates, decibels)).toEqual(expected);
    expect(begun).toBe(1);
  });

  it('in half precision is passed over where its dream fails', async () => {
    const times = { cpu: 12, webgpu: 5, 'webgpu half': 3 };
    const overflow = (): Promise<number> => Promise.reject(new Error('leaves the range'));
    expect(await measured(times, [PROCESSOR, WEBGPU, HALF], overflow)).toEqual(WEBGPU);
    const [entry] = await measurements.all();
    expect(entry!.timings[2]).toEqual({ ...HALF, milliseconds: null, note: 'leaves the range' });
  });

  it('in half precision alone is compared with nothing', async () => {
    const [processor, gpu]: Candidate[] = [{ ...PROCESSOR, precision: 'half' }, HALF];
    const times = { 'cpu half': 12, 'webgpu half': 3 };
    expect(await measured(times, [processor!, gpu!])).toEqual(HALF);
  });

  it('is looked for anew for another model, machine or set of engines', () => {
    const usual = keyOf(model, gpus, [PROCESSOR, WEBGPU]);
    const others = [
      keyOf({ ...model, hash: 'b'.repeat(64) }, gpus, [PROCESSOR, WEBGPU]),
      keyOf(model, { ...gpus, found: ['another GPU'] }, [PROCESSOR, WEBGPU]),
      keyOf(model, gpus, [PROCESSOR, CUDA]),
    ];
    expect(new Set([usual, ...others]).size).toBe(4);
    expect(keyOf({ ...model }, { ...gpus }, [PROCESSOR, WEBGPU])).toBe(usual);
  });

  it.each(['', '{', '[]', '{"version":2,"entries":[]}', '{"version":1,"entries":[{"key":1}]}'])(
    'is measured anew where the file says %j',
    async (text) => {
      await measured({ cpu: 1, webgpu: 1, cuda: 1 });
      await writeFile(path, text);
      await measured({ cpu: 1, webgpu: 1, cuda: 1 });
      expect(begun).toBe(2);
      expect(await measurements.all()).toHaveLength(1);
    },
  );

  it('is measured anew a day after an engine failed', async () => {
    await measured({ cpu: 1, webgpu: new Error('no Vulkan'), cuda: 1 });
    await measured({ cpu: 1, webgpu: new Error('no Vulkan'), cuda: 1 });
    expect(begun).toBe(1);
    const [entry] = await measurements.all();
    await measurements.keep({ ...entry!, at: Date.now() - 86_500_000 });
    await measured({ cpu: 1, webgpu: 1, cuda: 1 });
    expect(begun).toBe(2);
  });

  it('is not one that ended its process while it was measured', async () => {
    const key = keyOf(model, gpus, [PROCESSOR, WEBGPU, CUDA]);
    const entry = { key, model: 'small', machine: 'this one', at: Date.now() };
    const timings = [{ ...PROCESSOR, milliseconds: 12 }];
    await measurements.keep({ ...entry, timings, trying: { ...WEBGPU, pid: process.pid } });
    expect(await measured({ cpu: 12, webgpu: 1, cuda: 6 })).toEqual(CUDA);
    expect(asked.some((what) => what.startsWith('webgpu'))).toBe(false);
    expect(JSON.parse(await readFile(path, 'utf8'))).not.toHaveProperty('entries.0.trying');
  });

  it('is the processor while another process measures', async () => {
    const key = keyOf(model, gpus, [PROCESSOR, WEBGPU, CUDA]);
    const entry = { key, model: 'small', machine: 'this one', at: Date.now(), timings: [] };
    await measurements.keep({ ...entry, trying: { ...WEBGPU, pid: process.ppid } });
    expect(await measured({ cpu: 12, webgpu: 1, cuda: 6 })).toEqual(PROCESSOR);
    expect(begun).toBe(0);
  });

  it('is measured where another process has the number of one that ended long ago', async () => {
    const key = keyOf(model, gpus, [PROCESSOR, WEBGPU, CUDA]);
    const entry = { key, model: 'small', machine: 'this one', at: Date.now() - 2 * 3_600_000 };
    const timings = [{ ...PROCESSOR, milliseconds: 12 }];
    await measurements.keep({ ...entry, timings, trying: { ...WEBGPU, pid: process.ppid } });
    expect(await measured({ cpu: 12, webgpu: 1, cuda: 6 })).toEqual(CUDA);
    expect(begun).toBe(1);
  });
});
