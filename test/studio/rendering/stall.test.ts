import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { presets } from '../../../src/dream/presets.ts';
import { encodePicture, readPicture } from '../../../src/dream/picture.ts';
import { silentLog } from '../../../src/kit/log.ts';
import { MODELS } from '../../../src/studio/descriptions.ts';
import type { RenderTask } from '../../../src/studio/rendering/messages.ts';
import { renderPool } from '../../../src/studio/rendering/pool.ts';
import { StallWatch } from '../../../src/studio/rendering/stall-watch.ts';
import { temporaryFolder } from '../../helpers/folder.ts';

const folder = temporaryFolder();
const HANGING = fileURLToPath(new URL('../../helpers/hanging-process.ts', import.meta.url));

it('ends a render whose engine never comes back, long before the longest that is waited', async () => {
  const { image } = await readPicture('examples/clouds.png', { maxSide: 60 });
  const picturePath = join(folder, 'picture.png');
  await writeFile(picturePath, await encodePicture(image, { format: 'png' }));
  const recipe = { ...presets.default, layer: 'block_1_expand', octaves: 1, steps: 20 };
  const task: RenderTask = {
    job: { kind: 'dream', model: 'mobilenet_v2', recipe, size: 60, deepLayers: false },
    facts: { rows: 40, columns: 60, originalRows: 40, originalColumns: 60, note: [] },
    ...{ picturePath, resultPath: join(folder, 'result.png'), modelsFolder: MODELS },
    ...{ engine: {}, screening: 'off', version: '0', measurements: join(folder, 'engines.json') },
  };
  const { PATH, HOME } = process.env;
  const pool = renderPool({
    ...{ environment: { PATH, HOME }, log: silentLog, entry: HANGING },
    ...{ patience: 1000, idle: 60_000, stall: { most: 3_600_000, least: 1000 } },
  });
  const progress: number[] = [];
  const rendering = pool.run(task, { progress: ({ fraction }) => progress.push(fraction) });
  await expect(rendering).rejects.toThrow('the process took no step for too long');
  expect(progress.length).toBeGreaterThanOrEqual(2);
  await pool.close();
});

describe('the watch over steps', () => {
  const MINUTE = 60_000;
  const times = { most: 15 * MINUTE, least: MINUTE };
  let stalled: number;

  beforeEach(() => {
    stalled = 0;
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Steps of so many milliseconds, the last of which ends at `fraction`. */
  function watch(steps: readonly number[], { pixels = 1e6, fraction = 0.5 } = {}): StallWatch {
    const made = new StallWatch(times, pixels, () => stalled++);
    for (const step of [1000, ...steps]) {
      vi.advanceTimersByTime(step);
      made.stepped(fraction);
    }
    return made;
  }

  it.each([
    ['a minute where steps are quick', [10, 20], {}, MINUTE],
    ['20 of the longest step', [5000, 6000, 5000], {}, 2 * MINUTE],
    ['15 minutes where steps are slow', [100_000], {}, 15 * MINUTE],
    ['a minute for each million pixels', [10], { pixels: 4e6 }, 4 * MINUTE],
    ['15 minutes before the second step', [], {}, 15 * MINUTE],
    ['15 minutes after the last', [10], { fraction: 1 }, 15 * MINUTE],
  ])('waits %s', (_, steps, options, wait) => {
    watch(steps, options);
    vi.advanceTimersByTime(wait - 1);
    expect(stalled).toBe(0);
    vi.advanceTimersByTime(1);
    expect(stalled).toBe(1);
  });

  it('waits no more when it is stopped', () => {
    const made = watch([10]);
    made.stop();
    // What its process said before it was killed comes late.
    made.stepped(0.6);
    vi.advanceTimersByTime(60 * MINUTE);
    expect(stalled).toBe(0);
  });
});
