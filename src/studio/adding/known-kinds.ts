/** Networks that are known by how they are built or by what lies beside them. */
import type { PictureSize } from '../../engines/engine.ts';
import type { Imported } from '../../importers/imported.ts';
import type { PictureInput } from '../picture-input.ts';
import type { Shown } from '../shown.ts';
import type { Notes } from './notes-beside.ts';

export interface Clues {
  /** The importer's name. */
  readonly format: string;
  readonly imported: Imported;
  /** Of the files beside the model's. */
  readonly names: readonly string[];
  readonly notes: Notes;
}

export interface KnownKind {
  readonly title: string;
  readonly match: (clues: Clues) => boolean;
  readonly input: PictureInput;
  /** How its program shows it pictures. @default not known */
  readonly shown?: (clues: Clues & { readonly size: PictureSize }) => Shown | undefined;
}

const teachableMachine: Pick<KnownKind, 'input' | 'shown'> = {
  input: { range: [-1, 1], channelOrder: 'rgb' },
  shown: () => ({ part: 'middle', share: 1 }),
};

/** To add one: an entry here. The first that matches counts. */
const kinds: readonly KnownKind[] = [
  {
    title: 'an export of Teachable Machine (metadata.json says so)',
    match: ({ notes }) => notes['packageName'] === '@teachablemachine/image',
    ...teachableMachine,
  },
  {
    title: 'an export of Teachable Machine (by the names of its layers)',
    match: ({ imported }) => isTeachable(imported),
    ...teachableMachine,
  },
  {
    title: 'an export of Custom Vision',
    match: ({ imported, names }) =>
      names.some((name) => /(^|\/)cvexport\.manifest$/i.test(name)) ||
      (/^(loss|model_outputs?)$/.test(imported.output) && !hasNode(imported, /^(bn|BatchNorm)/)),
    input: { range: [0, 255], channelOrder: 'bgr' },
    shown: byCustomVision,
  },
  {
    title: "TensorFlow's Inception of 2014 (Inception5h)",
    match: ({ imported }) =>
      hasNode(imported, /^mixed5b(\/|$)/) && hasNode(imported, /^(localresponsenorm0|conv2d0_)/),
    input: { range: [-117, 138], channelOrder: 'rgb' },
  },
  {
    title: "TensorFlow's Inception V3, retrained",
    match: ({ imported }) => hasNode(imported, /^mixed_10(\/|$)/),
    input: { range: [-1, 1], channelOrder: 'rgb' },
    shown: () => ({ part: 'whole', share: 1 }),
  },
  {
    title: "TensorFlow's MobileNet V1",
    match: ({ imported }) => hasNode(imported, /^MobilenetV[123]\//),
    input: { range: [-1, 1], channelOrder: 'rgb' },
  },
];

export function knownKind(clues: Clues): KnownKind | null {
  return kinds.find(({ match }) => match(clues)) ?? null;
}

/**
 * Named as tensorflow.js names layers by itself: MobileNet's pooling, and dense layers of which the
 * last has no bias.
 */
function isTeachable(imported: Imported): boolean {
  const [, last] = /(?:^|\/)(dense_Dense\d+)(?:\/|$)/.exec(imported.output) ?? [];
  return (
    last !== undefined &&
    hasNode(imported, /(^|\/)global_average_pooling2d_GlobalAveragePooling2D\d+(\/|$)/) &&
    !hasNode(imported, new RegExp(`(^|/)${last}/bias`, 'i'))
  );
}

/** Pixels: its programs bring the middle square to this side, and cut the network's out of that. */
const CUSTOM_VISION_SIDE = 256;
const CROP = 'CustomVision.Preprocess';

/** Newer exports note it down, and some keep all of the picture without stretching it. */
function byCustomVision({
  notes,
  size: { rows },
}: Parameters<NonNullable<KnownKind['shown']>>[0]): Shown | undefined {
  const method = notes[`${CROP}.CropMethod`];
  if (typeof method === 'string' && !/cent(er|re)/i.test(method)) return undefined;
  const side = Number(notes[`${CROP}.TargetHeight`] ?? CUSTOM_VISION_SIDE);
  return rows <= side ? { part: 'middle', share: rows / side } : undefined;
}

function hasNode({ graph }: Imported, name: RegExp): boolean {
  for (const node of graph.nodes.keys()) if (name.test(node)) return true;
  return false;
}
