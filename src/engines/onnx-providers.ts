/** What onnxruntime can run on here: its providers, each tried with a graph of one node. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { Precision } from '../kit/half.ts';
import { installedVersion } from './machine.ts';
import type { EngineReport } from './machine.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

const CUDA_INSTALL =
  'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12';

const hints: Readonly<Record<string, string>> = {
  webgpu: 'On Linux it needs the Vulkan loader (libvulkan1) and a Vulkan driver for the GPU.',
  cuda: `It needs CUDA 12, cuDNN 9 and onnxruntime's CUDA libraries: ${CUDA_INSTALL}`,
  tensorrt: `It needs TensorRT and onnxruntime's CUDA libraries: ${CUDA_INSTALL}`,
};

/** By onnxruntime's names, whether or not this machine has what they need. */
export async function onnxProviders(): Promise<string[]> {
  const onnxruntime = await import('onnxruntime-node');
  return onnxruntime.listSupportedBackends().map(({ name }) => name);
}

export async function reportOnnx(
  provider: string,
  precision: Precision = 'float',
): Promise<EngineReport> {
  const { oneNode } = await import('./onnx-device.ts');
  const reason = await whyNotOnnx(provider, oneNode(provider, precision));
  const common = { engine: 'onnx', provider } as const;
  if (reason === null) {
    const detail = `onnxruntime ${installedVersion('onnxruntime-node') ?? ''}`;
    return { ...common, available: true, detail };
  }
  const hint = hints[provider];
  return { ...common, available: false, detail: reason, ...(hint === undefined ? {} : { hint }) };
}

/** Runs a model on a grey picture and tells by its exit; by itself, without this project's code. */
const TRIAL = `
  const [path, provider, model] = process.argv.slice(1);
  const { InferenceSession, Tensor } = require(path);
  InferenceSession
    .create(Buffer.from(model, 'base64'), { executionProviders: [provider], logSeverityLevel: 4 })
    .then((session) => session.run({ picture: new Tensor('float32', new Float32Array(192), [1, 3, 8, 8]) }))
    .then(() => process.exit(0), (error) => {
      console.error('REASON ' + error.message);
      process.exit(1);
    });`;

/**
 * Whether onnxruntime can run `model`, whose input is `picture`, on a provider: `null`, or the
 * reason why not. It is tried in a process of its own, which a driver's crash cannot bring down and whose noise nobody sees.
 */
export async function whyNotOnnx(provider: string, model: Uint8Array): Promise<string | null> {
  const path = require.resolve('onnxruntime-node');
  const model64 = Buffer.from(model).toString('base64');
  try {
    await run(process.execPath, ['-e', TRIAL, path, provider, model64], { timeout: 60_000 });
    return null;
  } catch (error) {
    const { stderr = '', signal } = error as { stderr?: string; signal?: string | null };
    if (signal) return `the process that tried it was ended by ${signal}`;
    return shortReason(stderr);
  }
}

/** The words that tell something, out of what the native libraries print. */
function shortReason(stderr: string): string {
  const missing =
    /(?:Couldn't load Vulkan: |with error: )?(?:\S*\/)?(lib[\w.]+): cannot open shared/.exec(
      stderr,
    );
  const reason = /REASON ([^]*)/.exec(stderr)?.[1] ?? stderr;
  const last = reason
    .trim()
    .split('\n')[0]!
    .replace(/^\/onnxruntime_src\S*.* was false\. /, '');
  return missing ? `${missing[1]!} is missing (${last})` : last;
}
