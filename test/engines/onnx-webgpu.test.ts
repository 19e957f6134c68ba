/**
 * onnxruntime's WebGPU provider against its processor, on a software Vulkan device (slow, so small
 * networks only). The contract suite runs there too.
 */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ascentGraph } from '../../src/engines/ascent-graph.ts';
import { PICTURE } from '../../src/engines/engine.ts';
import type { GradientEngine, Planes } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { onnxModel } from '../../src/engines/onnx-model.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { slice } from '../../src/graph/graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Objective } from '../../src/objectives/objective.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { inferShapes } from '../../src/ops/shapes.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import { opCases, seededConstant } from '../cases/ops.ts';
import { usualSubjects } from '../helpers/engine-subjects.ts';
import { kinkFreePicture, relativeDifference } from '../helpers/finite-differences.ts';
import { narrow } from '../helpers/narrow.ts';
import { seededPicture } from '../helpers/planes.ts';
import { smallNetwork } from '../helpers/small-networks.ts';

const { subjects, missing } = await usualSubjects();
const webgpu = subjects.find(({ slow }) => slow === true)?.engine;
const processor = onnxEngine({ threads: 1 });

const reason = missing[0]?.reason ?? '';
it.skipIf(webgpu)(`needs a software device: ${reason}`, ({ skip }) => {
  skip(reason);
});

async function climb(
  engine: GradientEngine,
  graph: Graph,
  objective: Objective,
  picture: Planes,
): Promise<{ score: number; gradient: Float32Array }> {
  const ascent = await engine.prepare(graph, objective);
  const { score, gradient } = await ascent.at(picture);
  const copy = gradient.slice();
  await ascent.dispose();
  return { score, gradient: copy };
}

/** @returns the gradient */
async function expectAgreement(
  graph: Graph,
  objective: Objective,
  picture: Planes,
): Promise<Float32Array> {
  const expected = await climb(processor, graph, objective, picture);
  const { score, gradient } = await climb(webgpu!, graph, objective, picture);
  expect(Math.abs(score / expected.score - 1)).toBeLessThan(1e-5);
  expect(relativeDifference(gradient, expected.gradient)).toBeLessThan(1e-5);
  return gradient;
}

/** Σ (y + ½)², of a y of any rank. */
const energy: Objective = {
  describe: () => 'Σ y²',
  score: ({ taps, builder }) => {
    const y = taps('y');
    const axes = inferShapes(builder)
      .get(y)!
      .map((_, axis) => axis);
    const square = builder.add('square', [builder.add('add', [y, builder.scalar(0.5)])]);
    return builder.add('reduceSum', [square], { axes, keepDimensions: false });
  },
};

/** Two convolutions, with so many channels between them. */
function convolutions(channels: number, outputs: number, side: number, stride: number): Graph {
  const builder = new GraphBuilder();
  const convolve = (x: string, from: number, to: number, size: number, step: number): string =>
    builder.add('conv2d', [x, seededConstant(builder, [size, size, from, to], from + to)], {
      size: [size, size],
      strides: [step, step],
      dilations: [1, 1],
      padding: 'same',
      groups: 1,
    });
  const x = builder.input(PICTURE, [1, null, null, 3]);
  const between = convolve(builder.add('mul', [x, builder.scalar(1 / 64)]), 3, channels, 3, 2);
  builder.layers.set('y', convolve(between, channels, outputs, side, stride));
  return builder;
}

describe.runIf(webgpu)('on the WebGPU provider', () => {
  // One size of picture each is enough here.
  const cases = opCases.filter(({ title }) => !/ (7×6|9×9)$/.test(title));

  it.each(cases)('$op $title', async (opCase) => {
    const [rows, columns] = opCase.size ?? [6, 7];
    const builder = new GraphBuilder();
    const x = builder.input(PICTURE, [1, rows, columns, 3]);
    builder.layers.set('y', opCase.build(builder, x));
    const agreement = expectAgreement(builder, energy, kinkFreePicture(rows, columns, 11));
    // The provider's own defect; an engine with a fallback goes on with the processor.
    const refused = opCase.title === 'depthwise, stride 2';
    if (refused) await expect(agreement).rejects.toThrow('groups of 1 channel to several');
    else await agreement;
  });

  // Multiples of 3 that are none of 4, in and out: the provider misreads them by itself.
  it.each([
    [6, 8, 5, 1],
    [8, 6, 3, 1],
    [9, 12, 3, 1],
    [12, 9, 3, 2],
    [15, 16, 3, 2],
    [6, 8, 1, 1],
    [5, 7, 3, 1],
  ])('%i channels to %i by %i×, stride %i', async (channels, outputs, side, stride) => {
    await expectAgreement(
      convolutions(channels, outputs, side, stride),
      parseObjective('y', { measure: 'mean-square' }),
      seededPicture(17, 22, 1),
    );
  });

  it('computes a narrowed Inception V3 up to mixed3 and its gradient', async () => {
    const model = await loadModel('inception_v3');
    const mixed3 = model.graph.layers.get('mixed3')!;
    await model.ready([mixed3]);
    const graph = narrow(slice(model.graph, [mixed3]), 8);
    const objective = parseObjective('mixed3', { measure: 'mean-square' });
    const gradient = await expectAgreement(graph, objective, seededPicture(75, 91, 3));
    // The negative control: the gradient of the next pixel is far off.
    const shifted = gradient.map((_, index) => gradient[index + 1] ?? 0);
    expect(relativeDifference(gradient, shifted)).toBeGreaterThan(0.1);
  });

  it('computes every tensor of a gradient on the device, and sizes alone on the processor', async () => {
    const objective = parseObjective('c', { measure: 'mean-square' });
    const { graph, score, gradient, shares } = ascentGraph(smallNetwork('same'), objective);
    const picture = seededPicture(24, 30, 1);
    const feeds = [
      [PICTURE, new Tensor('float32', picture.data, [1, 3, 24, 30])] as const,
      ...shares.map((share) => {
        const value = Float32Array.of(1 / share.cells(picture));
        return [share.parameter, new Tensor('float32', value, [])] as const;
      }),
    ];
    const nodes = await profiled(onnxModel(graph, [score, gradient], 'webgpu'), {
      ...Object.fromEntries(feeds),
    });
    const kinds = (provider: string): Set<string> =>
      new Set(nodes.filter((node) => node.provider === provider).flatMap(({ types }) => types));
    expect(kinds('CPUExecutionProvider')).toEqual(new Set(['int64']));
    expect([...kinds('WebGpuExecutionProvider')]).toContain('float');
    expect(nodes.filter(({ op }) => op.startsWith('Memcpy'))).toEqual([]);
  });
});

interface ProfiledNode {
  readonly provider: string;
  readonly op: string;
  /** Of its outputs. */
  readonly types: readonly string[];
}

interface ProfileEvent {
  readonly cat: string;
  readonly args?: {
    readonly provider?: string;
    readonly op_name: string;
    readonly output_type_shape?: readonly Record<string, unknown>[];
  };
}

/** The nodes that onnxruntime ran for a model. */
async function profiled(model: Uint8Array, feeds: Record<string, Tensor>): Promise<ProfiledNode[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dream-profile-'));
  try {
    const session = await InferenceSession.create(model, {
      executionProviders: ['webgpu'],
      logSeverityLevel: 3,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'run'),
    });
    await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [file] = await readdir(folder);
    const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as ProfileEvent[];
    return events.flatMap(({ cat, args }) =>
      cat === 'Node' && args?.provider !== undefined
        ? {
            provider: args.provider,
            op: args.op_name,
            types: (args.output_type_shape ?? []).flatMap((output) => Object.keys(output)),
          }
        : [],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
