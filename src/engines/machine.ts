/** What a machine has that an engine could use. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** One engine on one of its providers. */
export interface EngineReport {
  readonly engine: 'onnx' | 'tensorflow';
  readonly provider: string;
  readonly available: boolean;
  /** Its version, or why it is out. */
  readonly detail: string;
  /** How to get it. */
  readonly hint?: string;
}

export interface Gpus {
  /** In words; empty where none was found. */
  readonly found: readonly string[];
  /** Whether one of them has NVIDIA's driver, which CUDA needs. */
  readonly nvidia: boolean;
  /** Bytes that NVIDIA's smallest card has, where its tool tells. */
  readonly memory?: number;
  /** Where was looked, and what was there. */
  readonly looked: readonly string[];
}

/** Graphics processors: by NVIDIA's own tool, by its driver, by the system's device files. */
export async function findGpus(): Promise<Gpus> {
  if (process.platform === 'darwin') {
    return { found: ["Apple's, through Metal"], nvidia: false, looked: [] };
  }
  const smi = await nvidiaSmi();
  const driver = existsSync('/proc/driver/nvidia/version');
  const cards = entriesOf('/dev/dri').filter((name) => name.startsWith('render'));
  const nvidia = smi.cards.length > 0 || driver;
  const named = smi.cards.length > 0 || !driver ? smi.cards : ['one with the NVIDIA driver'];
  return {
    found: [...named, ...cards.map((name) => `/dev/dri/${name}`)],
    nvidia,
    ...memoryOf(smi.cards),
    looked: [
      `nvidia-smi: ${smi.outcome}`,
      `/proc/driver/nvidia: ${driver ? 'there' : 'not there'}`,
      `/dev/dri: ${cards.length > 0 ? cards.join(', ') : 'no render device'}`,
    ],
  };
}

async function nvidiaSmi(): Promise<{ cards: string[]; outcome: string }> {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  try {
    const { stdout } = await run('nvidia-smi', query, { timeout: 10_000 });
    const cards = stdout.split('\n').filter((line) => line.trim() !== '');
    return { cards, outcome: cards.length > 0 ? cards.join('; ') : 'lists no card' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { cards: [], outcome: code === 'ENOENT' ? 'not installed' : `failed (${String(code)})` };
  }
}

/** From lines such as 'NVIDIA H200, 143771 MiB, 570.86.15'. */
export function memoryOf(cards: readonly string[]): { readonly memory?: number } {
  const sizes = cards.map((card) => Number(/, (\d+) MiB,/.exec(card)?.[1] ?? NaN) * 2 ** 20);
  const memory = Math.min(...sizes);
  return Number.isFinite(memory) ? { memory } : {};
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The version of an installed package, or `null`. Nothing of the package is run. */
export function installedVersion(name: string): string | null {
  for (const folder of require.resolve.paths(name) ?? []) {
    const path = join(folder, name, 'package.json');
    if (existsSync(path)) return (require(path) as { version: string }).version;
  }
  return null;
}
