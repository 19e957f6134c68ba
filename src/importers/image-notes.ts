/**
 * What ONNX has for models to say of their pictures (docs/MetadataProps.md of github.com/onnx/onnx):
 * in the file itself, and in what some programs write beside it.
 */
import type { InputHints } from './imported.ts';

const ORDER = 'Image.BitmapPixelFormat';
const RANGE = 'Image.NominalPixelRange';

/** What 0 and 255 become; without ranges of video, which no picture file has. */
const ranges = new Map<unknown, readonly [number, number]>([
  ['NominalRange_0_255', [0, 255]],
  ['Normalized_0_1', [0, 1]],
  ['Normalized_1_1', [-1, 1]],
]);

/** @param notes names and values; all others are passed over */
export function imageHints(notes: Readonly<Record<string, unknown>>): InputHints {
  const range = ranges.get(notes[RANGE]);
  const [, order] = /^(rgb|bgr)a?8$/i.exec(String(notes[ORDER])) ?? [];
  return {
    ...(order === undefined ? {} : { channelOrder: order.toLowerCase() as 'rgb' | 'bgr' }),
    ...(range === undefined ? {} : { range }),
  };
}
