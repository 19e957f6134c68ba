import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { chooseEngine, findEngines } from '../../src/engines/choose.ts';
import { installedVersion, memoryOf } from '../../src/engines/machine.ts';
import { whyNotOnnx } from '../../src/engines/onnx-providers.ts';

const hasTensorflow =
  installedVersion('@tensorflow/tfjs-node') !== null ||
  installedVersion('@tensorflow/tfjs-node-gpu') !== null;

describe('choosing an engine', () => {
  it('takes onnx on the processor, with a thread for each core', async () => {
    const threads = availableParallelism();
    const { engine, request } = await chooseEngine({ engine: 'onnx' });
    expect(request).toEqual({ engine: 'onnx', provider: 'cpu', threads });
    expect(engine.describe()).toMatch(/^onnxruntime \d+\.\d+\.\d+ on cpu, /);
    expect((await chooseEngine({ provider: 'cpu', threads: 1 })).request).toMatchObject({
      threads: 1,
    });
  });

  it('names the valid ones where a name is none', async () => {
    await expect(chooseEngine({ engine: 'caffe' })).rejects.toMatchObject({
      code: 'bad-option',
      message: "--engine: expected one of auto, onnx, tensorflow; got 'caffe'",
    });
    await expect(chooseEngine({ engine: 'webgpu' })).rejects.toMatchObject({
      message: "--engine: expected one of auto, onnx, tensorflow; got 'webgpu'",
      hint: 'For that: --engine onnx --provider webgpu',
    });
    await expect(chooseEngine({ provider: 'abacus' })).rejects.toThrow(
      /expected one of cpu, .*; got 'abacus'/,
    );
    await expect(chooseEngine({ engine: 'tensorflow', provider: 'cuda' })).rejects.toThrow(
      'expected one of gpu, cpu',
    );
    await expect(chooseEngine({ engine: 'tensorflow', threads: 2 })).rejects.toMatchObject({
      code: 'bad-option',
    });
  });

  it('computes in half precision where that is asked for, and says what gives the same again', async () => {
    const { engine, request } = await chooseEngine({ precision: 'half', threads: 1 });
    expect(request).toEqual({ engine: 'onnx', provider: 'cpu', threads: 1, precision: 'half' });
    expect(engine.describe()).toMatch(/ on cpu, 1 threads, half precision$/);
    const again = await chooseEngine(request);
    expect(again.engine.describe()).toBe(engine.describe());
    const float = await chooseEngine({ engine: 'onnx', precision: 'float', threads: 1 });
    expect(float.request).toEqual({ engine: 'onnx', provider: 'cpu', threads: 1 });
    const auto = await chooseEngine({ engine: 'onnx', precision: 'auto', threads: 1 });
    expect(auto.request).toEqual(float.request);
    await expect(chooseEngine({ precision: 'quarter' })).rejects.toMatchObject({
      code: 'bad-option',
      message: "--precision: expected one of auto, float, half; got 'quarter'",
    });
  });

  it('says how to install what is missing', async ({ skip }) => {
    if (hasTensorflow) skip('it is installed here');
    await expect(chooseEngine({ engine: 'tensorflow' })).rejects.toMatchObject({
      code: 'engine-unavailable',
      hint: expect.stringMatching(/npm install .*@tensorflow\/tfjs-node@/) as string,
    });
  });
});

describe('looking at a machine', () => {
  it('reports every engine, and a reason for each one that is out', async () => {
    const { gpus, engines } = await findEngines();
    expect(engines).toContainEqual(
      expect.objectContaining({ engine: 'onnx', provider: 'cpu', available: true }),
    );
    expect(
      engines.filter(({ engine }) => engine === 'tensorflow').map(({ provider }) => provider),
    ).toEqual(['gpu', 'cpu']);
    for (const { available, detail } of engines)
      if (!available) expect(detail.length).toBeGreaterThan(10);
    if (gpus.found.length === 0) expect(gpus.looked.length).toBe(3);
  });

  it("knows how much memory NVIDIA's smallest card has, where that is told", () => {
    const cards = ['NVIDIA H200, 143771 MiB, 570.86.15', 'Tesla T4, 15360 MiB, 535.1'];
    expect(memoryOf(cards)).toEqual({ memory: 15_360 * 2 ** 20 });
    expect(memoryOf(['NVIDIA GB10, [N/A], 580.95'])).toEqual({});
    expect(memoryOf([])).toEqual({});
  });

  it('survives a model that cannot be opened', async () => {
    expect(await whyNotOnnx('cpu', Uint8Array.of(1, 2, 3))).toMatch(/./);
  });

  it('knows what is installed without running it', () => {
    expect(installedVersion('onnxruntime-node')).toMatch(/^\d+\.\d+\.\d+/);
    expect(installedVersion('no-such-package-here')).toBeNull();
  });
});
