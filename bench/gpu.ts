/**
 * Our engines on a GPU against PyTorch with CUDA: Inception V3 to mixed5, forward and gradient. Each
 * side has to come back to the processor with its gradient, as in a dream. One at a time is there.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEngines } from '../src/engines/choose.ts';
import { nameOf } from '../src/engines/fastest.ts';
import type { Candidate } from '../src/engines/fastest.ts';
import type { EngineReport } from '../src/engines/machine.ts';
import { reportOnnx } from '../src/engines/onnx-providers.ts';
import { gpuMemory } from './gpu-memory.ts';
import type { GpuAnswer, GpuRequest } from './gpu-subject.ts';
import { startPeer } from './peer-process.ts';
import type { PeerProcess } from './peer-process.ts';
import { median, milliseconds } from './statistics.ts';
import { inception, noise, THREADS, timed } from './subject.ts';
import { startTorchCuda, TORCH_CUDA_FORMS } from './torch-cuda.ts';

/** Where a device is only tried: `GPU_SIDES=75,96 GPU_RUNS=1`. */
const SIDES = (process.env['GPU_SIDES'] ?? '512,1024,2048').split(',').map(Number);
const RUNS = Number(process.env['GPU_RUNS'] ?? 20);
const WARM_UPS = Math.min(5, RUNS);

/** Where our processor's time stands beside the GPU's. */
const PROCESSOR_SIDE = SIDES.at(Math.floor(SIDES.length / 2))!;
const PROCESSOR_RUNS = 3;

/** Who is measured, in a process of its own. */
interface Contender {
  readonly title: string;
  readonly start: () => Promise<PeerProcess | null>;
  /** What goes with each request. */
  readonly wishes: object;
}

export async function gpu(): Promise<void> {
  const { gpus, engines } = await findEngines();
  console.log(`GPUs: ${gpus.found.join('; ') || 'none found'}`);
  for (const { engine, provider, available, detail } of engines) {
    console.log(`  ${available ? 'yes' : 'no '} ${engine} on ${provider}: ${detail}`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'dream-gpu-'));
  try {
    const processor = await writeReferences(folder);
    console.log(`\nmedians of ${RUNS} after ${WARM_UPS} warm-ups, in ms`);
    console.log(
      `our processor (${THREADS} threads) at ${PROCESSOR_SIDE}²: ${milliseconds(processor)}`,
    );
    const ours = await contendersOf(engines.filter(({ available }) => available));
    for (const contender of [...torchContenders(), ...ours]) {
      await measure(contender, folder, processor);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

function referencePath(folder: string, side: number): string {
  return join(folder, `${side}.f32`);
}

/** Gradients of the processor. @returns its milliseconds at `PROCESSOR_SIDE` */
async function writeReferences(folder: string): Promise<number> {
  const { ascent } = await inception();
  for (const side of SIDES) {
    await writeFile(referencePath(folder, side), (await ascent.at(noise(side))).gradient);
  }
  const times: number[] = [];
  for (let run = 0; run < PROCESSOR_RUNS; run++) {
    times.push(await timed(() => ascent.at(noise(PROCESSOR_SIDE))));
  }
  await ascent.dispose();
  return median(times);
}

function torchContenders(): Contender[] {
  return TORCH_CUDA_FORMS.map(({ title, ...wishes }) => ({
    title: `PyTorch eager, ${title}`,
    start: startTorchCuda,
    wishes,
  }));
}

/** Each provider in float32 and, where it can, in half precision; CUDA's with and without TF32. */
async function contendersOf(reports: readonly EngineReport[]): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const { engine, provider } of reports) {
    if (provider === 'cpu') continue;
    const candidate: Candidate = { engine, provider };
    contenders.push(ours(candidate));
    if (provider !== 'webgpu') contenders.push(ours(candidate, { NVIDIA_TF32_OVERRIDE: '0' }));
    if (engine !== 'onnx') continue;
    const half: Candidate = { ...candidate, precision: 'half' };
    const { available, detail } = await reportOnnx(provider, 'half');
    if (available) contenders.push(ours(half));
    else console.log(`  no  ${nameOf(half)}: ${detail}`);
  }
  return contenders;
}

function ours(candidate: Candidate, environment: Readonly<Record<string, string>> = {}): Contender {
  const script = new URL('gpu-subject.ts', import.meta.url).pathname;
  const args = ['--import', 'tsx', script, JSON.stringify(candidate)];
  const without = Object.keys(environment).length > 0 ? ', without TF32' : '';
  return {
    title: `${nameOf(candidate)}${without}`,
    start: () => startPeer(process.execPath, args, environment),
    wishes: {},
  };
}

async function measure(contender: Contender, folder: string, processor: number): Promise<void> {
  const before = await gpuMemory();
  const peer = await contender.start();
  if (peer === null) {
    console.log(`\n${contender.title}: not there`);
    return;
  }
  console.log(`\n${contender.title} (${Object.values(peer.about).join(', ')})`);
  const taken: { side: number; mebibytes: number }[] = [];
  for (const side of SIDES) {
    const request: GpuRequest = {
      ...{ side, warmUps: WARM_UPS, runs: RUNS, reference: referencePath(folder, side) },
    };
    try {
      const answer = await peer.ask<Partial<GpuAnswer> & Pick<GpuAnswer, 'milliseconds'>>({
        ...contender.wishes,
        ...request,
      });
      const now = await gpuMemory();
      const mebibytes = now === null || before === null ? null : now - before;
      if (mebibytes !== null) taken.push({ side, mebibytes });
      console.log(lineOf(side, answer, { mebibytes, processor }));
    } catch (error) {
      console.log(`  ${String(side).padStart(5)}²  failed: ${(error as Error).message}`);
    }
  }
  await peer.stop();
  const slope = bytesPerPixel(taken);
  if (slope !== null) console.log(`  ${slope.toFixed(0)} bytes for each further pixel`);
}

function lineOf(
  side: number,
  answer: Partial<GpuAnswer> & Pick<GpuAnswer, 'milliseconds'>,
  { mebibytes, processor }: { mebibytes: number | null; processor: number },
): string {
  const { milliseconds: times, difference } = answer;
  const time = median([...times]);
  const words = [
    `  ${String(side).padStart(5)}²  ${milliseconds(time)}`,
    mebibytes === null ? '' : `${mebibytes.toFixed(0)} MiB of the GPU`,
    difference === undefined ? '' : `${difference.toExponential(1)} off the processor's gradient`,
    side === PROCESSOR_SIDE ? `${(processor / time).toFixed(1)} × our processor` : '',
  ];
  return words.filter((word) => word !== '').join('   ');
}

/** From the smallest picture to the largest: what a process takes at any size falls out. */
function bytesPerPixel(taken: readonly { side: number; mebibytes: number }[]): number | null {
  const [first, last] = [taken[0], taken.at(-1)];
  if (!first || !last || first.side === last.side) return null;
  return ((last.mebibytes - first.mebibytes) * 2 ** 20) / (last.side ** 2 - first.side ** 2);
}
