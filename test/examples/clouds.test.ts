import sharp from 'sharp';
import { expect, it } from 'vitest';
import { cloudPainter, COLUMNS, pixelAt, ROWS } from '../../examples/make-clouds.ts';
import { CLOUDS } from '../../src/cli/environment.ts';

it('the clouds are what their script makes', async () => {
  const { data, info } = await sharp(CLOUDS).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: COLUMNS, height: ROWS, channels: 3 });
  const paint = cloudPainter();
  // Every 16th pixel each way, ground and sky: all of them would take half a minute.
  let farthest = 0;
  for (let row = 8; row < ROWS; row += 16) {
    for (let column = 8; column < COLUMNS; column += 16) {
      for (const [channel, value] of pixelAt(paint, row, column).entries()) {
        farthest = Math.max(
          farthest,
          Math.abs(value - data[(row * COLUMNS + column) * 3 + channel]!),
        );
      }
    }
  }
  // One level of leeway for another machine's sines and exponentials.
  expect(farthest).toBeLessThanOrEqual(1);
});
