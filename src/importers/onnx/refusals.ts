/** Networks that cannot be dreamt with, refused with the reason before anything is read. */
import { DreamError } from '../../kit/errors.ts';
import type { Network, NetworkNode, NetworkValue } from './network.ts';

interface Reason {
  readonly ops: RegExp;
  readonly says: string;
  readonly hint?: string;
}

const reasons: readonly Reason[] = [
  {
    ops: /(^|:)(QLinear\w+|\w+Integer\w*|Dynamic\w+|QuantizeLinear|DequantizeLinear|QGemm|QAttention|MatMulNBits)$/,
    says: 'the network is quantised: it rounds to whole numbers, which leaves no useful gradient',
    hint: 'Load the file that it was made from, with its weights as floats.',
  },
  {
    ops: /^(NonMaxSuppression|RoiAlign|MaxRoiPool|.*:\w*(NMS|Nms|DetectionOutput|PriorBox|Proposal|ROIPooling)\w*)$/,
    says: 'the network is a detector: it finds boxes and has no scores of classes for a picture',
    hint: 'Load a classifier, or the backbone that the detector was made from.',
  },
  {
    ops: /^(LSTM|GRU|RNN|TfIdfVectorizer|StringNormalizer|.*:(EmbedLayerNormalization|Tokenizer))$/,
    says: 'the network is made for text or other sequences, not for pictures',
  },
  {
    ops: /^(If|Loop|Scan|SequenceMap)$/,
    says: 'the network decides its way while it runs (control flow), which is not supported',
    hint: 'Export it anew by tracing, for a fixed size of pictures.',
  },
];

/** @throws DreamError 'unsupported-op' that lists every op at fault, how often, and where first. */
export function refuseUnreadable(
  nodes: readonly NetworkNode[],
  supported: { has(op: string): boolean },
): void {
  for (const { ops, says, hint } of reasons) {
    const found = nodes.filter(({ op }) => ops.test(op));
    if (found.length > 0) {
      throw new DreamError('unsupported-op', `${says} (${counted(found)})`, hint);
    }
  }
  const unknown = nodes.filter(({ op }) => !supported.has(op));
  if (unknown.length === 0) return;
  throw new DreamError(
    'unsupported-op',
    `the network has ops that are not supported: ${counted(unknown)}`,
  );
}

/** "12 × Foo (first 'a'), 1 × Bar ('b')" */
function counted(nodes: readonly NetworkNode[]): string {
  const byOp = new Map<string, NetworkNode[]>();
  for (const node of nodes) {
    const same = byOp.get(node.op);
    if (same) same.push(node);
    else byOp.set(node.op, [node]);
  }
  return [...byOp]
    .map(([op, [first, ...others]]) =>
      others.length === 0
        ? `1 × ${op} ('${first!.name}')`
        : `${others.length + 1} × ${op} (first '${first!.name}')`,
    )
    .join(', ');
}

/** The one input that the nodes read, which must be a picture. @throws DreamError */
export function pictureOf({ inputs }: Network, nodes: readonly NetworkNode[]): NetworkValue {
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const needed = inputs.filter(({ name }) => read.has(name));
  const found = needed.map(described).join(', ') || 'none';
  const [picture] = needed;
  if (needed.length !== 1 || !picture) {
    const message = `the network reads ${needed.length} inputs: ${found}; expected one, the picture`;
    throw new DreamError('unsupported-op', message);
  }
  const { dims, numeric } = picture;
  if (!numeric) {
    const message = `the network reads whole numbers (${found}), as networks for text do`;
    throw new DreamError('unsupported-op', `${message}; expected a picture`);
  }
  if (dims === null || dims.length === 4) return picture;
  throw new DreamError(
    'unsupported-op',
    `the network reads ${found}; expected a picture [batch, channels, rows, columns]`,
  );
}

function described({ name, dims }: NetworkValue): string {
  return `'${name}' [${dims?.map((size) => size ?? '?').join(', ') ?? '…'}]`;
}
