/** What a dream changed in its picture, to be shown. */
import { differencePicture } from '../dream/perturb/compare.ts';
import { encodePicture, readPicture } from '../dream/picture.ts';
import { DreamError } from '../kit/errors.ts';

/** Longest side: it is drawn while somebody waits. */
const SIDE = 512;

export interface DrawnDifference {
  readonly png: Uint8Array;
  readonly amplification: number;
}

/** @throws DreamError 'bad-option' where the two have other sizes */
export async function drawDifference(
  before: Uint8Array,
  after: Uint8Array,
): Promise<DrawnDifference> {
  const pictures = [before, after].map((png) => readPicture(png, { maxSide: SIDE }));
  const [{ image: first }, { image: last }] = (await Promise.all(pictures)) as [Read, Read];
  if (first.rows !== last.rows || first.columns !== last.columns) {
    throw new DreamError('bad-option', 'the dream has another size than its picture');
  }
  const { image, amplification } = differencePicture(first, last);
  return { png: await encodePicture(image, { format: 'png' }), amplification };
}

type Read = Awaited<ReturnType<typeof readPicture>>;
