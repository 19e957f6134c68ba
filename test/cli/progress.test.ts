import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { drawText, textSize } from '../../src/studio/glyphs.ts';
import { duration, shareDone, showProgress } from '../../src/cli/progress.ts';
import { composeSheet } from '../../src/studio/contact-sheet.ts';
import { createImage } from '../../src/dream/image.ts';
import type { Frame } from '../../src/dream/dream.ts';

const sizes = [
  { rows: 10, columns: 10 },
  { rows: 30, columns: 10 },
];

function frame(octave: number, step: number): Frame {
  return {
    octave,
    octaves: 2,
    step,
    steps: 4,
    score: 0.5 + step,
    gradientSeconds: 0.1,
    image: createImage(1, 1),
  };
}

function streamOf(isTTY: boolean): NodeJS.WriteStream {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120 });
  return stream as unknown as NodeJS.WriteStream;
}

/** All that was written to it since it was read last. */
function written(stream: NodeJS.WriteStream): string {
  // From Node 26 on, a read gives no more than was written at once.
  const chunks: unknown[] = [];
  const source = stream as unknown as PassThrough;
  for (let chunk: unknown = source.read(); chunk !== null; chunk = source.read())
    chunks.push(chunk);
  return chunks.map(String).join('');
}

/** What a whole dream shows; a terminal where `isTTY`. */
async function shown(isTTY: boolean): Promise<string> {
  const stream = streamOf(isTTY);
  const progress = await showProgress({ sizes, steps: 4, title: 'mixed4', stream });
  for (const step of [1, 2, 3, 4]) progress.step(frame(0, step));
  for (const step of [1, 2]) progress.step(frame(1, step));
  progress.end();
  return written(stream);
}

describe('progress', () => {
  it('weighs octaves by their pixels', () => {
    expect(shareDone(sizes, frame(0, 4))).toBeCloseTo(0.25);
    expect(shareDone(sizes, frame(1, 2))).toBeCloseTo(0.25 + 0.375);
    expect(shareDone(sizes, frame(1, 4))).toBeCloseTo(1);
  });

  it('is a line for each octave where nobody watches, also for one that ends early', async () => {
    expect(await shown(false)).toBe(
      'mixed4: octave 1 of 2, 10×10, 4 steps, score 4.500\nmixed4: octave 2 of 2, 10×30, 2 steps, score 2.500\n',
    );
  });

  it('is a bar on a terminal', async () => {
    const bar = await shown(true);
    expect(bar).toContain('mixed4 [');
    expect(bar).toContain('ETA');
  });

  it('gives the cursor back also where the process ends on the spot', async () => {
    const stream = streamOf(true);
    const before = process.listeners('exit');
    const progress = await showProgress({ sizes, steps: 4, title: 'mixed4', stream });
    const [atExit] = process.listeners('exit').filter((one) => !before.includes(one));
    atExit?.(130);
    expect(written(stream)).toContain('\x1b[?25h');
    progress.end();
    expect(process.listeners('exit')).toEqual(before);
  });

  it('tells of looks at the result', async () => {
    const stream = streamOf(true);
    const progress = await showProgress({ sizes, steps: 4, title: 'cat', stream });
    progress.step(frame(1, 4));
    progress.look();
    progress.look();
    progress.end();
    expect(written(stream)).toContain('look 2 at the result');
  });

  it('tells time', () => {
    expect(duration(75_400)).toBe('1:15');
    expect(duration(900)).toBe('0:01');
  });
});

describe('a contact sheet', () => {
  it('draws letters without a font', () => {
    const cells: string[] = [];
    drawText('L', (row, column) => cells.push(`${row},${column}`));
    expect(cells).toContain('0,1');
    expect(textSize('mixed4')).toEqual({ rows: 9, columns: 36 });
    drawText('ü', () => cells.push('missing'));
    expect(cells.filter((cell) => cell === 'missing').length).toBeGreaterThan(10);
  });

  it('puts tiles side by side', () => {
    const white = createImage(50, 60);
    white.data.fill(255);
    const sheet = composeSheet(
      ['a', 'b', 'a_very_long_layer_name'].map((label) => ({ label, image: white })),
    );
    expect([sheet.rows, sheet.columns]).toEqual([8 + 2 * 84, 8 + 2 * 68]);
    expect(sheet.data.filter((value) => value === 255)).toHaveLength(3 * 3 * 50 * 60);
  });
});
