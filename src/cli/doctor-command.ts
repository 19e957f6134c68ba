/** `doctor`: what this machine can dream with, and why it cannot with the rest. */
import { availableParallelism, totalmem } from 'node:os';
import { chooseEngine, findEngines } from '../engines/choose.ts';
import type { MachineReport } from '../engines/choose.ts';
import { nameOf, PROCESSOR, winnerOf } from '../engines/fastest.ts';
import type { EngineReport } from '../engines/machine.ts';
import { Measurements } from '../engines/measurements.ts';
import type { Measurement, Timing } from '../engines/measurements.ts';
import { DreamError } from '../kit/errors.ts';
import { describeModel, modelNames, MODELS } from '../studio/descriptions.ts';
import { measurementsFile, modelsFolder, programVersion } from './environment.ts';

export async function doctorCommand(): Promise<void> {
  const file = measurementsFile();
  const [machine, models, measured] = await Promise.all([
    findEngines(),
    modelLines(modelsFolder()),
    new Measurements(file).all(),
  ]);
  const memory = (totalmem() / 2 ** 30).toFixed(1);
  const lines = [
    `dream-bot ${programVersion()}, Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, ${memory} GiB of memory`,
    '',
    'GPUs',
    ...gpuLines(machine),
    '',
    'Engines (--engine, --provider)',
    ...machine.engines.flatMap(engineLines),
    ...(await autoLines(machine, measured, file)),
    '',
    `Models (--model) in ${modelsFolder() ?? MODELS}`,
    ...models,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function gpuLines({ gpus: { found, looked } }: MachineReport): string[] {
  const names = found.length > 0 ? found.map((name) => `  ${name}`) : ['  none found'];
  return [...names, ...looked.map((where) => `    ${where}`)];
}

/** What `--engine auto` takes, and what it knows that from. */
async function autoLines(
  { gpus }: MachineReport,
  measured: readonly Measurement[],
  file: string,
): Promise<string[]> {
  if (gpus.found.length === 0) {
    const { engine } = await chooseEngine();
    return [`  --engine auto takes ${engine.describe()}: there is no GPU to measure`];
  }
  return [
    `  --engine auto takes the fastest, measured once for each model; the times lie in ${file}`,
    ...measured.map(({ model, timings }) => {
      const winner = winnerOf(timings) ?? PROCESSOR;
      return `    ${model}: ${nameOf(winner)} (${timings.map(timingWords).join('; ')})`;
    }),
  ];
}

function timingWords(timing: Timing): string {
  const { milliseconds, decibels, note = '' } = timing;
  const outcome = milliseconds === null ? note : `${milliseconds.toFixed(0)} ms`;
  const near = decibels === undefined ? '' : `, ${decibels.toFixed(1)} dB from float32`;
  return `${nameOf(timing)} ${outcome}${near}`;
}

function engineLines({ engine, provider, available, detail, hint }: EngineReport): string[] {
  const name = `${engine}, ${provider}`.padEnd(18);
  const line = `  ${available ? 'yes' : 'no '} ${name} ${detail}`;
  return hint === undefined ? [line] : [line, `      ${hint}`];
}

/** A line for each, whatever is wrong with it. */
export async function modelLines(folder = MODELS): Promise<string[]> {
  try {
    const names = await modelNames(folder);
    const width = Math.max(0, ...names.map((name) => name.length));
    const words = await Promise.all(names.map((name) => modelWords(name, folder)));
    return names.map((name, index) => `  ${name.padEnd(width)}  ${words[index]!}`);
  } catch (error) {
    return [`  ${problemWords(error)}`];
  }
}

async function modelWords(name: string, folder: string): Promise<string> {
  try {
    const { title, defaultLayer, layersWorthDreaming } = await describeModel(name, folder);
    return `${title}; ${defaultLayer} by default, ${layersWorthDreaming.length} layers worth dreaming at`;
  } catch (error) {
    return `cannot be used: ${problemWords(error)}`;
  }
}

function problemWords(error: unknown): string {
  if (!(error instanceof DreamError)) throw error;
  const { message, hint } = error;
  return hint === undefined ? message : `${message} (${hint})`;
}
