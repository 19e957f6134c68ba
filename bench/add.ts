/**
 * `models add` of a network of 25 MB against one of some kilobytes of the same form: time from the
 * command to its end, and of each of its processes the processor time and the most resident memory.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kerasHdf5 } from '../test/helpers/hdf5-files.ts';
import type { StoredWeight } from '../test/helpers/hdf5-files.ts';
import { seededRandom } from '../src/kit/random.ts';
import { ProcessTree } from './process-tree.ts';
import { median } from './statistics.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RUNS = 3;
const SIDE = 224;
const CLASSES = 10;
/** Filters of each convolution; the first five halve rows and columns. */
const LARGE = [32, 64, 128, 256, 512, 512, 512];
const TINY = LARGE.map(() => 8);

export async function add(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dream-bench-'));
  try {
    const tiny = await written(folder, 'tiny', TINY);
    const large = await written(folder, 'large', LARGE);
    // The first bundles the program.
    await run(folder, tiny.path, ['--no-sheet']);
    console.log(`medians of ${RUNS} runs; MB are 2^20 bytes`);
    for (const options of [['--no-sheet'], []]) {
      console.log(options.length > 0 ? 'without the sheet' : 'with the sheet');
      const program = await measured(folder, tiny.path, options);
      const found = await measured(folder, large.path, options);
      line(`${(tiny.bytes / 1e3).toFixed(0)} kB`, program);
      line(`${(large.bytes / 1e6).toFixed(1)} MB`, found);
      const more = found.peaks.map((peak, index) => (peak - (program.peaks[index] ?? 0)) * 2 ** 20);
      const shares = more.map((bytes) => `${(bytes / large.bytes).toFixed(2)} ×`).join(', ');
      console.log(`  memory beyond the small one's, in sizes of the file: ${shares}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  /** Seconds until the answer, and until all is done. */
  readonly answered: number;
  readonly wall: number;
  /** Of the command and of the process that looks at the network: seconds, and MB. */
  readonly seconds: readonly number[];
  readonly peaks: readonly number[];
}

async function measured(
  folder: string,
  path: string,
  options: readonly string[],
): Promise<Measured> {
  const runs: Measured[] = [];
  for (let index = 0; index < RUNS; index++) runs.push(await run(folder, path, options));
  const both = (of: (one: Measured) => readonly number[]): number[] =>
    [0, 1].map((index) => median(runs.map((one) => of(one)[index] ?? NaN)));
  return {
    answered: median(runs.map(({ answered }) => answered)),
    wall: median(runs.map(({ wall }) => wall)),
    seconds: both(({ seconds }) => seconds),
    peaks: both(({ peaks }) => peaks),
  };
}

async function run(folder: string, path: string, options: readonly string[]): Promise<Measured> {
  const program = [join(ROOT, 'src/start.js'), join(ROOT, 'src/cli.ts'), 'models', 'add', path];
  const started = performance.now();
  const child = spawn(process.execPath, [...program, '--name', 'bench', '--replace', ...options], {
    cwd: folder,
    env: { ...process.env, MODELS_DIR: join(folder, 'models') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let answered = 0;
  child.stdout.once('data', () => (answered = (performance.now() - started) / 1000)).resume();
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const tree = new ProcessTree(child.pid!);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const found = tree.stop();
  if (code !== 0)
    throw new Error(`expected 'models add' to succeed, it ended with ${String(code)}`);
  return {
    ...{ answered, wall: (performance.now() - started) / 1000 },
    seconds: found.map(({ seconds }) => seconds),
    peaks: found.map(({ megabytes }) => megabytes),
  };
}

function line(title: string, { answered, wall, seconds, peaks }: Measured): void {
  const each = ['command', 'look'].map(
    (name, index) => `${name} ${seconds[index]!.toFixed(2)} s CPU, ${peaks[index]!.toFixed(0)} MB`,
  );
  console.log(
    `  ${title.padEnd(8)} answered after ${answered.toFixed(2)} s, done after ${wall.toFixed(2)} s; ${each.join('; ')}`,
  );
}

/** A Keras network in a file: its scores differ between pictures as those of trained ones do. */
async function written(
  folder: string,
  name: string,
  filters: readonly number[],
): Promise<{ path: string; bytes: number }> {
  const random = seededRandom(1);
  const stored = (title: string, shape: readonly number[], inputs: number): StoredWeight => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from(
      { length: count },
      () => Math.sqrt(2 / inputs) * random.normal(),
    );
    return { name: title, shape, values };
  };
  const layers: object[] = [];
  const groups: Record<string, StoredWeight[]> = {};
  let channels = 3;
  filters.forEach((outputs, index) => {
    const title = `conv${index}`;
    layers.push(convolution(title, outputs, index));
    groups[title] = [stored(`${title}/kernel:0`, [3, 3, channels, outputs], 9 * channels)];
    channels = outputs;
  });
  const dense = { name: 'scores', units: CLASSES, activation: 'softmax', use_bias: false };
  layers.push({ class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } });
  layers.push({ class_name: 'Dense', config: dense });
  // A mean over a whole picture hardly differs from one to the next: it is made to.
  groups['scores'] = [stored('scores/kernel:0', [channels, CLASSES], 0.02 * channels)];
  const config = { class_name: 'Sequential', config: { name, layers } };
  const bytes = await kerasHdf5({ config, groups });
  const path = join(folder, `${name}.h5`);
  await writeFile(path, bytes);
  return { path, bytes: bytes.length };
}

function convolution(name: string, filters: number, index: number): object {
  const strides = index < 5 ? [2, 2] : [1, 1];
  return {
    class_name: 'Conv2D',
    config: {
      ...{ name, filters, strides, kernel_size: [3, 3], padding: 'same' },
      ...{ use_bias: false, activation: 'relu' },
      ...(index === 0 ? { batch_input_shape: [null, SIDE, SIDE, 3] } : {}),
    },
  };
}
