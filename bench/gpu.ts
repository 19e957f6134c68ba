/**
 * Our engines on a GPU against PyTorch with CUDA: Inception V3 to mixed5, forward and gradient. Each
 * side of ours has to come back to the processor with its gradient, as in a dream.
 */
import { findEngines } from '../src/engines/choose.ts';
import { onnxEngine } from '../src/engines/onnx.ts';
import { importTensorflow } from '../src/engines/tensorflow-packages.ts';
import { tensorflowEngine } from '../src/engines/tensorflow.ts';
import type { GradientEngine } from '../src/engines/engine.ts';
import type { EngineReport } from '../src/engines/machine.ts';
import { median, milliseconds } from './statistics.ts';
import { inceptionOn, noise, timed } from './subject.ts';
import { startTorchCuda } from './torch-cuda.ts';

const SIDES = [299, 512, 1024];
const WARM_UPS = 5;
const RUNS = 20;

export async function gpu(): Promise<void> {
  const { gpus, engines } = await findEngines();
  console.log(`GPUs: ${gpus.found.join('; ') || 'none found'}`);
  for (const { engine, provider, available, detail } of engines) {
    console.log(`  ${available ? 'yes' : 'no '} ${engine} on ${provider}: ${detail}`);
  }
  const torch = await startTorchCuda();
  console.log(`  peer: ${torch?.describe ?? 'no PyTorch with CUDA (python3 -c "import torch")'}`);
  console.log(`medians of ${RUNS} after ${WARM_UPS} warm-ups, in ms; ratio: peer ÷ ours`);
  for (const side of SIDES) {
    const peer = torch ? median(await torch.run(side, WARM_UPS, RUNS)) : null;
    console.log(`\n${side}×${side}`);
    if (peer !== null) console.log(`  PyTorch eager        ${milliseconds(peer)}`);
    for (const report of engines.filter(({ available }) => available)) {
      await line(report, side, peer);
    }
  }
  torch?.stop();
}

async function line(report: EngineReport, side: number, peer: number | null): Promise<void> {
  const name = `${report.engine} on ${report.provider}`.padEnd(20);
  const { ascent } = await inceptionOn(await engineOf(report));
  try {
    const times: number[] = [];
    for (let run = -WARM_UPS; run < RUNS; run++) {
      const time = await timed(() => ascent.at(noise(side)));
      if (run >= 0) times.push(time);
    }
    const ours = median(times);
    const ratio = peer === null ? '' : `   ratio ${(peer / ours).toFixed(2)}`;
    console.log(`  ${name} ${milliseconds(ours)}${ratio}`);
  } catch (error) {
    console.log(`  ${name} failed: ${(error as Error).message.split('\n')[0]!}`);
  } finally {
    await ascent.dispose();
  }
}

async function engineOf({ engine, provider }: EngineReport): Promise<GradientEngine> {
  if (engine === 'onnx') return onnxEngine({ provider });
  return tensorflowEngine(await importTensorflow(provider));
}
