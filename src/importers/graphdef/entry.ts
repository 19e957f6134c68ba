/**
 * Where the picture enters a graph. Graphs for servers and phones begin before the network: they
 * decode a JPEG, cast, resize. A dream brings its own picture of any size, so the graph is cut
 * there: what makes or resizes a picture falls away, what scales its values stays.
 */
import { ancestorsOf, sourcesOf } from './links.ts';
import type { Links } from './links.ts';
import type { TensorflowNode } from './node.ts';
import { passThrough } from './table.ts';

export interface Entry {
  /** The node whose value the picture is. */
  readonly node: TensorflowNode;
  /** Nodes after it that hand it on unchanged: casts, and what resizes it. */
  readonly handsOn: ReadonlySet<string>;
  /** The node that says how large pictures are: a resizing one, else `node`. */
  readonly sized: TensorflowNode;
  /** The name of the last node that is cut off; undefined where the graph has a plain input. */
  readonly after: string | undefined;
}

/** Nodes that begin with something other than a constant, even if what they read is one. */
const DECODERS = /^Decode(Jpeg|Png|Image|Gif|Bmp|AndCropJpeg|Raw|Base64)$/;
const RESIZERS = /^Resize(Bilinear|Bicubic|Area|NearestNeighbor)$|^CropAndResize$/;
const HANDS_ON = new Set(['ExpandDims', 'Squeeze', ...passThrough]);
/** What a graph may do to a picture's values before the first convolution. */
const SCALES = /^(Add|AddV2|Sub|Mul|RealDiv|Div|BiasAdd|Neg|Pad|PadV2|FusedBatchNorm(V[23])?)$/;
const FIRST_LAYERS = /^(_?Fused)?(Conv2D|DepthwiseConv2dNative)$/;

/** The nodes whose value is not the same at every run. */
export function varyingNodes({ order }: Links): Set<string> {
  const varying = new Set<string>();
  for (const node of order) {
    const sources = sourcesOf(node);
    const starts = sources.length === 0 ? node.op !== 'Const' : DECODERS.test(node.op);
    if (starts || sources.some((source) => varying.has(source))) varying.add(node.name);
  }
  return varying;
}

/** The picture's entry, or null where no single way leads from one to a first convolution. */
export function findEntry(links: Links, varying: ReadonlySet<string>): Entry | null {
  const first = links.order.find(
    (node) => FIRST_LAYERS.test(node.op) && varying.has(sourcesOf(node)[0] ?? ''),
  );
  if (!first) return onlyPlaceholder(links, varying);
  return new Walk(links, varying).from(sourcesOf(first)[0]!);
}

/** A network without convolutions: its picture is the one input with four axes. */
function onlyPlaceholder({ order }: Links, varying: ReadonlySet<string>): Entry | null {
  const pictures = order.filter((node) => varying.has(node.name) && isPicture(node));
  const [node] = pictures;
  if (!node || pictures.length > 1) return null;
  return { node, handsOn: new Set(), sized: node, after: undefined };
}

/** An input of unknown rank may be a picture too. */
function isPicture({ op, attributes }: TensorflowNode): boolean {
  const { shape, dtype } = attributes;
  const axes = Array.isArray(shape) ? shape.length : 0;
  return (
    op === 'Placeholder' &&
    ['DT_FLOAT', 'DT_HALF', 'DT_UINT8', undefined].includes(dtype as string | undefined) &&
    [0, 3, 4].includes(axes)
  );
}

/** From the first convolution back to where its picture comes from. */
class Walk {
  readonly #handsOn = new Set<string>();
  #sized: TensorflowNode | undefined;

  constructor(
    private readonly links: Links,
    private readonly varying: ReadonlySet<string>,
  ) {}

  from(start: string): Entry | null {
    let node = this.links.byName.get(start);
    for (; node && node.op !== 'Placeholder'; node = this.#before(node)) {
      const resizes = RESIZERS.test(node.op);
      if (resizes) this.#sized ??= node;
      if (resizes || HANDS_ON.has(node.op)) this.#handsOn.add(node.name);
      else if (!this.#scales(node)) return this.#stopped(node);
    }
    return node ? this.#entry(node) : null;
  }

  #scales(node: TensorflowNode): boolean {
    return SCALES.test(node.op) && this.#varyingSources(node).length === 1;
  }

  #varyingSources(node: TensorflowNode): string[] {
    return sourcesOf(node).filter((source) => this.varying.has(source));
  }

  #before(node: TensorflowNode): TensorflowNode | undefined {
    const [source] = this.#scales(node) ? this.#varyingSources(node) : sourcesOf(node);
    return source === undefined ? undefined : this.links.byName.get(source);
  }

  /** At something that is no scaling: the network may still have one picture for an input. */
  #stopped(node: TensorflowNode): Entry {
    const makes = DECODERS.test(node.op) || node.op === 'Reshape';
    const before = makes ? new Set<string>() : ancestorsOf(node.name, this.links);
    const inputs = [...before].map((name) => this.links.byName.get(name)!).filter(isPicture);
    return this.#entry(inputs.length === 1 ? inputs[0]! : node);
  }

  #entry(node: TensorflowNode): Entry {
    return {
      node,
      handsOn: this.#handsOn,
      sized: this.#sized ?? node,
      after: node.op === 'Placeholder' ? undefined : this.#lastHandedOn(node.name),
    };
  }

  #lastHandedOn(start: string): string {
    const { readers } = this.links;
    const nextOf = (name: string): TensorflowNode | undefined =>
      readers.get(name)?.find((reader) => this.#handsOn.has(reader.name));
    let last = start;
    for (let next = nextOf(last); next; next = nextOf(last)) last = next.name;
    return last;
  }
}
