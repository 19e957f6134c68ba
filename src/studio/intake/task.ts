/** What the process that takes pictures in is asked; it answers with the picture's facts. */
import { fileURLToPath } from 'node:url';
import { DreamError } from '../../kit/errors.ts';

/** The clouds that come with the program. */
export const CLOUDS = fileURLToPath(new URL('../../../examples/clouds.png', import.meta.url));

export type IntakeSource =
  /** From anyone. */
  | { readonly bytes: Uint8Array }
  /** A file of our own; `zoom` > 1 takes its middle, enlarged. */
  | { readonly path: string; readonly zoom: number };

export interface IntakeTask {
  readonly source: IntakeSource;
  /** Longest side; a larger picture is shrunk. */
  readonly size: number;
  /** Most pixels that are decoded. */
  readonly maxPixels: number;
  /** Where the PNG goes that is dreamed on. */
  readonly into: string;
}

const MOST_ZOOM = 16;

/** @throws DreamError 'bad-option' */
export function checkZoom(zoom: number): void {
  if (zoom >= 1 && zoom <= MOST_ZOOM) return;
  throw new DreamError('bad-option', `zoom: expected a number from 1 to ${MOST_ZOOM}, got ${zoom}`);
}
