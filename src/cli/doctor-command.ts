/** `doctor`: what this machine can dream with, and why it cannot with the rest. */
import { availableParallelism, totalmem } from 'node:os';
import { chooseEngine, findEngines } from '../engines/choose.ts';
import type { MachineReport } from '../engines/choose.ts';
import type { EngineReport } from '../engines/machine.ts';
import { listModels, MODELS } from '../studio/catalogue.ts';
import type { ModelDescription } from '../studio/catalogue.ts';
import { modelsFolder, programVersion } from './environment.ts';

export async function doctorCommand(): Promise<void> {
  const [machine, models, { engine }] = await Promise.all([
    findEngines(),
    listModels(modelsFolder()),
    chooseEngine(),
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
    `  --engine auto takes ${engine.describe()}`,
    '',
    `Models (--model) in ${modelsFolder() ?? MODELS}`,
    ...models.map(modelLine),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function gpuLines({ gpus: { found, looked } }: MachineReport): string[] {
  const names = found.length > 0 ? found.map((name) => `  ${name}`) : ['  none found'];
  return [...names, ...looked.map((where) => `    ${where}`)];
}

function engineLines({ engine, provider, available, detail, hint }: EngineReport): string[] {
  const name = `${engine}, ${provider}`.padEnd(18);
  const line = `  ${available ? 'yes' : 'no '} ${name} ${detail}`;
  return hint === undefined ? [line] : [line, `      ${hint}`];
}

function modelLine({ name, title, defaultLayer, layersWorthDreaming }: ModelDescription): string {
  return `  ${name.padEnd(18)} ${title}; ${defaultLayer} by default, ${layersWorthDreaming.length} layers worth dreaming at`;
}
