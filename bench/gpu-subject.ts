/**
 * One of our engines on a GPU, in a process of its own, so that what it takes of the GPU's memory can
 * be told. Argument: `{"engine": "onnx", "provider": "webgpu", "precision": "half"}`.
 */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { onnxEngine } from '../src/engines/onnx.ts';
import { importTensorflow } from '../src/engines/tensorflow-packages.ts';
import { tensorflowEngine } from '../src/engines/tensorflow.ts';
import type { GradientEngine } from '../src/engines/engine.ts';
import type { Candidate } from '../src/engines/fastest.ts';
import { inceptionOn, noise, timed } from './subject.ts';

export interface GpuRequest {
  readonly side: number;
  readonly warmUps: number;
  readonly runs: number;
  /** A file with the processor's gradient. */
  readonly reference: string;
}

export interface GpuAnswer {
  /** Of each run. */
  readonly milliseconds: readonly number[];
  /** Root mean square of the difference to the processor's gradient, over that of the gradient. */
  readonly difference: number;
}

/** In one piece whatever the size: 2048² takes some 6 GB. */
const MEMORY = 64e9;

const { engine: name, provider, precision = 'float' } = JSON.parse(process.argv[2]!) as Candidate;
const engine: GradientEngine =
  name === 'onnx'
    ? onnxEngine({ provider, precision })
    : tensorflowEngine(await importTensorflow(provider));
const { ascent } = await inceptionOn(engine, MEMORY);
console.log(`ready ${JSON.stringify({ engine: engine.describe() })}`);

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await measured(JSON.parse(line) as GpuRequest).catch((error: unknown) => ({
    error: (error as Error).message.split('\n')[0]!,
  }));
  console.log(JSON.stringify(answer));
}
await ascent.dispose();

async function measured({ side, warmUps, runs, reference }: GpuRequest): Promise<GpuAnswer> {
  const picture = noise(side);
  const milliseconds: number[] = [];
  let gradient = new Float32Array();
  for (let run = -warmUps; run < runs; run++) {
    const time = await timed(async () => {
      gradient = (await ascent.at(picture)).gradient as Float32Array<ArrayBuffer>;
    });
    if (run >= 0) milliseconds.push(time);
  }
  const bytes = await readFile(reference);
  const expected = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return { milliseconds, difference: differenceOf(gradient, expected) };
}

function differenceOf(found: Float32Array, expected: Float32Array): number {
  let [difference, whole] = [0, 0];
  expected.forEach((value, index) => {
    difference += (found[index]! - value) ** 2;
    whole += value ** 2;
  });
  return Math.sqrt(difference / whole);
}
