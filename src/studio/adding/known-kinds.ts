/** Networks that are known by how they are built or by what lies beside them. */
import type { Imported } from '../../importers/imported.ts';
import type { PictureInput } from '../picture-input.ts';

export interface Clues {
  /** The importer's name. */
  readonly format: string;
  readonly imported: Imported;
  /** Of the files beside the model's. */
  readonly names: readonly string[];
}

export interface KnownKind {
  readonly title: string;
  readonly match: (clues: Clues) => boolean;
  readonly input: PictureInput;
}

/** To add one: an entry here. The first that matches counts. */
const kinds: readonly KnownKind[] = [
  {
    title: 'an export of Custom Vision',
    match: ({ imported, names }) =>
      names.some((name) => /(^|\/)cvexport\.manifest$/i.test(name)) ||
      (/^(loss|model_outputs?)$/.test(imported.output) && !hasNode(imported, /^(bn|BatchNorm)/)),
    input: { range: [0, 255], channelOrder: 'bgr' },
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

function hasNode({ graph }: Imported, name: RegExp): boolean {
  for (const node of graph.nodes.keys()) if (name.test(node)) return true;
  return false;
}
