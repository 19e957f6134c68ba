/** The engines that the contract suite runs over: what this machine can be asked for. */
import { existsSync } from 'node:fs';
import type { GradientEngine } from '../../src/engines/engine.ts';
import { findEngines } from '../../src/engines/choose.ts';
import type { EngineReport } from '../../src/engines/machine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { reportOnnx } from '../../src/engines/onnx-providers.ts';
import { importTensorflow } from '../../src/engines/tensorflow-packages.ts';
import { tensorflowEngine } from '../../src/engines/tensorflow.ts';
import { plainTensorflow } from './tensorflow.ts';

/** What an engine may do in a way of its own. */
export interface Differences {
  /** d clip(x) / dx where x lies just on a bound: there is no right answer. */
  readonly slopeOnBoundOfClip: 0 | 1;
  /** What it says where it cannot differentiate a dilated convolution. */
  readonly refusesDilation?: string;
}

export interface EngineSubject {
  readonly title: string;
  readonly engine: GradientEngine;
  readonly differences: Differences;
  /** How many values the engine's library holds on to; absent where it cannot be asked. */
  readonly held?: () => number;
  /** Computes like a GPU, a hundred times slower. @default false */
  readonly slow?: boolean;
}

/** One that is not there, and why. */
export interface MissingSubject {
  readonly title: string;
  readonly reason: string;
}

export interface EngineSubjects {
  readonly subjects: readonly EngineSubject[];
  readonly missing: readonly MissingSubject[];
}

/** Ours: the mask is made of the clipped value, which tells no difference between on and over. */
const onnxDifferences: Differences = { slopeOnBoundOfClip: 0 };
const tensorflowDifferences: Differences = {
  // tensorflow.js counts both bounds as inside.
  slopeOnBoundOfClip: 1,
  // A gradient that tensorflow.js has not; no network that we know has dilations.
  refusesDilation: 'dilation rates greater than 1 are not yet supported in gradients',
};

/** What Chromium brings: a Vulkan driver that computes on the processor. */
const SOFTWARE_DRIVERS = ['chromium', 'chromium-browser']
  .flatMap((name) => [`/usr/lib/${name}`, `/usr/lib64/${name}`])
  .concat('/opt/google/chrome')
  .map((folder) => `${folder}/vk_swiftshader_icd.json`);

const SOFTWARE = 'onnx on webgpu, on a software device';

/** What every machine has, and WebGPU on a software device where there is one. */
export async function usualSubjects(): Promise<EngineSubjects> {
  const subjects = await processorSubjects();
  const driver = SOFTWARE_DRIVERS.find((path) => existsSync(path));
  const reason =
    driver === undefined
      ? `no software Vulkan driver: Debian's package chromium brings ${SOFTWARE_DRIVERS[0]!}`
      : await whyNoSoftwareDevice(driver);
  if (reason !== null) return { subjects, missing: [{ title: SOFTWARE, reason }] };
  const engine = onnxEngine({ provider: 'webgpu' });
  const software = { title: SOFTWARE, engine, differences: onnxDifferences, slow: true };
  return { subjects: [...subjects, software], missing: [] };
}

/** All that `doctor` finds. */
export async function allSubjects(): Promise<EngineSubjects> {
  const { engines } = await findEngines();
  const others = engines.filter(({ engine, provider }) => engine !== 'onnx' || provider !== 'cpu');
  const missing = others
    .filter(({ available }) => !available)
    .map((report) => ({ title: titleOf(report), reason: report.detail }));
  const found = await Promise.all(
    others.filter(({ available }) => available).map((report) => foundSubject(report)),
  );
  return { subjects: [...(await processorSubjects()), ...found], missing };
}

async function processorSubjects(): Promise<EngineSubject[]> {
  const tf = await plainTensorflow();
  return [
    {
      title: 'onnx on the processor',
      engine: onnxEngine({ threads: 1 }),
      differences: onnxDifferences,
    },
    {
      title: "tensorflow on tensorflow.js's plain processor backend",
      engine: tensorflowEngine(tf),
      differences: tensorflowDifferences,
      held: () => tf.memory().numTensors,
    },
  ];
}

/** Points Vulkan at the driver, for this process and those that it starts. */
async function whyNoSoftwareDevice(driver: string): Promise<string | null> {
  process.env['VK_ICD_FILENAMES'] = driver;
  const { available, detail } = await reportOnnx('webgpu');
  return available ? null : detail;
}

async function foundSubject(report: EngineReport): Promise<EngineSubject> {
  const { engine: name, provider } = report;
  const title = titleOf(report);
  if (name === 'onnx') {
    return { title, engine: onnxEngine({ provider }), differences: onnxDifferences };
  }
  const tf = await importTensorflow(provider);
  return {
    title,
    engine: tensorflowEngine(tf),
    differences: tensorflowDifferences,
    held: () => tf.memory().numTensors,
  };
}

function titleOf({ engine, provider }: EngineReport): string {
  return `${engine} on ${provider}`;
}
