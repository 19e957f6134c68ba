/** Which engine computes a model's gradients fastest on this machine: measured once, and kept. */
import { createHash } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import type { Graph } from '../graph/graph.ts';
import { seededRandom } from '../kit/random.ts';
import type { Objective } from '../objectives/objective.ts';
import type { Ascent, GradientEngine, Planes } from './engine.ts';
import { installedVersion } from './machine.ts';
import type { EngineReport, Gpus } from './machine.ts';
import type { Measurement, Measurements, Timing } from './measurements.ts';
import { tensorflowPackages } from './tensorflow-packages.ts';

export type Candidate = Pick<EngineReport, 'engine' | 'provider'> & {
  /** @default float32 */
  readonly precision?: 'half' | undefined;
};

/** What is measured. */
export interface MeasuredModel {
  readonly name: string;
  /** Of the network and its weights. */
  readonly hash: string;
  readonly graph: Graph;
  readonly objective: Objective;
  /** Sides of the pictures: one to see whether an engine is worth the other. */
  readonly sides: readonly [small: number, large: number];
  /** How near a small dream by an engine comes to the same by a reference: dB of peak to noise. */
  readonly decibels: (engine: GradientEngine, reference: GradientEngine) => Promise<number>;
}

export interface MeasuringParts {
  readonly measurements: Measurements;
  readonly gpus: Gpus;
  readonly make: (candidate: Candidate) => Promise<GradientEngine>;
  /** Called before anything is measured. */
  readonly begins: () => void;
  /** Milliseconds from any beginning. @default performance.now */
  readonly clock?: () => number;
}

/** Who takes so many times the processor's time for a small picture is not tried with a large one. */
const HOPELESS = 4;
const REPEATS = 3;
const DAY = 86_400_000;
/** Milliseconds: whoever measures one engine for longer is gone, and its number is another's. */
const LONGEST = 3_600_000;

/** A dream in half precision has to come so near to float32's. */
const LEAST_DECIBELS = 40;

/** What takes no measuring to know comes first: the processor. */
export const PROCESSOR: Candidate = { engine: 'onnx', provider: 'cpu' };

/** @param candidates the processor first; if that is in float32, others have to come near to it */
export async function fastestOf(
  candidates: readonly Candidate[],
  model: MeasuredModel,
  parts: MeasuringParts,
): Promise<Candidate> {
  const { measurements } = parts;
  const processor = candidates[0]!;
  const key = keyOf(model, parts.gpus, candidates);
  const known = await measurements.find(key);
  if (known && !known.trying && isFresh(known)) return winnerOf(known.timings) ?? processor;
  // Another process is measuring: the processor will do until it is done.
  if (known?.trying && isAlive(known.trying.pid) && Date.now() - known.at < LONGEST) {
    return processor;
  }
  parts.begins();
  const timings: Timing[] = known?.trying ? [...known.timings, crashedOf(known.trying)] : [];
  const entry: Omit<Measurement, 'timings' | 'at'> = {
    ...{ key, model: model.name, machine: machineOf(parts.gpus) },
  };
  let limit = Infinity;
  for (const candidate of candidates) {
    if (timings.some((timing) => isSame(timing, candidate))) continue;
    const trying = { ...candidate, pid: process.pid };
    await measurements.keep({ ...entry, at: Date.now(), timings, trying });
    const timed = await timingOf(candidate, model, { ...parts, limit, reference: processor });
    if (candidate === processor) limit = HOPELESS * timed.small;
    timings.push(timed.timing);
  }
  await measurements.keep({ ...entry, at: Date.now(), timings });
  return winnerOf(timings) ?? processor;
}

/** An engine that failed may have been repaired since. */
function isFresh({ timings, at }: Measurement): boolean {
  return timings.every(({ milliseconds }) => milliseconds !== null) || Date.now() - at < DAY;
}

/** The fastest of those whose dreams are near enough; `null` where all failed. */
export function winnerOf(timings: readonly Timing[]): Candidate | null {
  const best = timings
    .filter(({ milliseconds }) => milliseconds !== null)
    .filter(({ decibels }) => decibels === undefined || decibels >= LEAST_DECIBELS)
    .reduce<Timing | null>(
      (first, next) => (first && first.milliseconds! <= next.milliseconds! ? first : next),
      null,
    );
  if (best === null) return null;
  const { engine, provider, precision } = best;
  return { engine, provider, ...(precision === undefined ? {} : { precision }) };
}

/** All that the times depend on. */
export function keyOf(
  { hash, sides }: MeasuredModel,
  gpus: Gpus,
  candidates: readonly Candidate[],
): string {
  const versions = ['onnxruntime-node', ...tensorflowPackages.values()].map(installedVersion);
  const parts = [machineOf(gpus), versions, hash, sides, candidates.map(nameOf)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function machineOf({ found }: Gpus): string {
  const processor = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  return [processor, ...found].join('; ').slice(0, 1000);
}

interface Timed {
  readonly timing: Timing;
  /** Milliseconds for the small picture. */
  readonly small: number;
}

async function timingOf(
  candidate: Candidate,
  model: MeasuredModel,
  parts: MeasuringParts & { limit: number; reference: Candidate },
): Promise<Timed> {
  const { graph, objective, sides } = model;
  const [small, large] = sides;
  const { make, limit, reference, clock = () => performance.now() } = parts;
  let ascent: Ascent | null = null;
  try {
    const engine = await make(candidate);
    ascent = await engine.prepare(graph, objective);
    const first = await medianTime(ascent, noise(small), { limit, clock });
    if (first > limit) {
      const note = `${first.toFixed(0)} ms at ${small}²: far behind the processor`;
      return { timing: { ...candidate, milliseconds: null, note }, small: first };
    }
    const milliseconds = await medianTime(ascent, noise(large), { limit: Infinity, clock });
    const timing = { ...candidate, milliseconds };
    if (candidate.precision === reference.precision) return { timing, small: first };
    const decibels = await model.decibels(engine, await make(reference));
    return { timing: { ...timing, decibels }, small: first };
  } catch (error) {
    const note = (error as Error).message.slice(0, 300);
    return { timing: { ...candidate, milliseconds: null, note }, small: Infinity };
  } finally {
    await ascent?.dispose().catch(() => undefined);
  }
}

/** After one run that warms up; of one run where that took longer than `limit`. */
async function medianTime(
  ascent: Ascent,
  picture: Planes,
  { limit, clock }: { limit: number; clock: () => number },
): Promise<number> {
  await ascent.at(picture);
  const times: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = clock();
    await ascent.at(picture);
    times.push(clock() - start);
    if (times[0]! > limit) return times[0]!;
  }
  return times.sort((a, b) => a - b)[REPEATS >> 1]!;
}

function noise(side: number): Planes {
  const random = seededRandom(1);
  const data = Float32Array.from({ length: 3 * side * side }, () => 255 * random.uniform());
  return { rows: side, columns: side, data };
}

function crashedOf({ engine, provider, precision }: NonNullable<Measurement['trying']>): Timing {
  const note = 'the process that measured it ended';
  return { engine, provider, precision, milliseconds: null, note };
}

function isSame(one: Candidate, other: Candidate): boolean {
  return nameOf(one) === nameOf(other);
}

export function nameOf({ engine, provider, precision }: Candidate): string {
  return `${engine} on ${provider}${precision === 'half' ? ' in half precision' : ''}`;
}

/** Whether another process with that number runs. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
