/** A GPU that goes in the middle of a dream: the render process delivers, and says what happened. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { presets } from '../../src/dream/presets.ts';
import { encodePicture, readPicture } from '../../src/dream/picture.ts';
import type { ChosenEngine } from '../../src/engines/choose.ts';
import { chooseEngine } from '../../src/engines/choose.ts';
import { withFallback } from '../../src/engines/fallback.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { MODELS } from '../../src/studio/descriptions.ts';
import { RenderEngines } from '../../src/studio/rendering/engines.ts';
import type { Rendered, RenderTask } from '../../src/studio/rendering/messages.ts';
import { Renderer } from '../../src/studio/rendering/renderer.ts';
import { faulty } from '../helpers/faulty-engine.ts';
import { temporaryFolder } from '../helpers/folder.ts';

const folder = temporaryFolder();
const STEPS = 3;
const LOST = 'WebGPU device lost (1)';

const picturePath = join(folder, 'picture.png');

beforeAll(async () => {
  const { image } = await readPicture('examples/clouds.png', { maxSide: 60 });
  await writeFile(picturePath, await encodePicture(image, { format: 'png' }));
});

/** A GPU in place of what would be chosen. */
function withGpu(fault: (run: number) => string | null): RenderEngines {
  const gpu = faulty(fault);
  return new RenderEngines((wanted, { tell = () => undefined } = {}): Promise<ChosenEngine> => {
    if (wanted?.provider === 'cpu') return chooseEngine({ provider: 'cpu', threads: 1 });
    const others = [() => Promise.resolve(onnxEngine({ threads: 1 }))];
    const request = { engine: 'onnx', provider: 'webgpu' } as const;
    return Promise.resolve({ engine: withFallback(gpu, { others, tell }), request });
  });
}

async function rendered(
  renderer: Renderer,
  name: string,
  options: Partial<RenderTask> = {},
): Promise<Rendered & { pixels: Float32Array }> {
  const resultPath = join(folder, `${name}.png`);
  const recipe = { ...presets.default, layer: 'block_1_expand', octaves: 1, steps: STEPS };
  const task: RenderTask = {
    job: { kind: 'dream', model: 'mobilenet_v2', recipe, size: 40, deepLayers: false },
    facts: { rows: 40, columns: 60, originalRows: 40, originalColumns: 60, note: [] },
    ...{
      picturePath,
      resultPath,
      modelsFolder: MODELS,
      engine: {},
      screening: 'off',
      version: '0',
    },
    measurements: join(folder, 'engines.json'),
    ...options,
  };
  const { signal } = new AbortController();
  const result = await renderer.render(task, { signal, progress: () => undefined });
  return { ...result, pixels: (await readPicture(resultPath)).image.data };
}

it('delivers the dream that a lost GPU began, and says what happened', async () => {
  const whole = await rendered(new Renderer(withGpu(() => null)), 'whole');
  expect(whole.result.notices).toEqual([]);
  const renderer = new Renderer(withGpu((run) => (run === 2 ? LOST : null)));
  const broken = await rendered(renderer, 'broken');
  expect(broken.pixels).toEqual(whole.pixels);
  expect(broken.result.scores).toHaveLength(STEPS);
  expect(broken.result.notices).toEqual([
    expect.stringMatching(
      /faulty GPU failed \(WebGPU device lost \(1\)\): the dream went on with /,
    ),
  ]);
  expect(broken.result.engine).toMatch(/ on cpu, 1 threads$/);
  // The next dream has nothing to say of it.
  expect((await rendered(renderer, 'next')).result.notices).toEqual([]);
});

it('dreams on the processor after a process has died of the first try', async () => {
  const renderer = new Renderer(withGpu(() => 'not to be asked'));
  const { result } = await rendered(renderer, 'cautious', { cautious: true });
  expect(result.notices).toEqual([
    'The first try of this dream ended its process; it was dreamed again on the processor.',
  ]);
  expect(result.engine).toMatch(/ on cpu, 1 threads$/);
});
