/** Which node has the scores of the classes, where the file does not say. */
import type { Entry } from './entry.ts';
import { ancestorsOf, sourcesOf } from './links.ts';
import type { Links } from './links.ts';
import { passThrough } from './table.ts';

const LEARNED = /^(_?Fused)?(Conv2D|DepthwiseConv2dNative|MatMul)$/;
const PROBABILITIES = new Set(['Softmax', 'Sigmoid']);
/** What may come after them and still be them. */
const REARRANGES = new Set(['Reshape', 'Squeeze', 'StridedSlice', ...passThrough]);
/** What is computed from scores, and is none: decisions, accuracies, records of the training. */
const EVALUATES =
  /Summary|^(Arg(Max|Min)|TopK(V2)?|InTopK(V2)?|(Not)?Equal|(Greater|Less)(Equal)?|Assert|Print|NoOp|Save\w*|Log|LogSoftmax|\w*CrossEntropy\w*|L2Loss|LookupTable\w*|Where)$/;

/**
 * The last probabilities that are made from the picture alone, by the last learned layer; the
 * deepest where there are several heads. Without probabilities: what that layer gives.
 */
export function findOutput(
  links: Links,
  varying: ReadonlySet<string>,
  entry: Entry | null,
): string | undefined {
  const heads = entry ? headNodes(links, varying, entry) : [];
  const ranked = heads.map((head) => [Number(head.probable), head.depth] as const);
  let best = -1;
  ranked.forEach(([probable, depth], index) => {
    const [bestProbable, bestDepth] = ranked[best] ?? [0, -1];
    if (probable > bestProbable || (probable === bestProbable && depth >= bestDepth)) best = index;
  });
  return heads[best]?.name ?? lastUnread(links);
}

interface Head {
  readonly name: string;
  /** How many nodes the picture goes through on the longest way here. */
  readonly depth: number;
  readonly probable: boolean;
}

/** The nodes behind the last learned layers. */
function headNodes(links: Links, varying: ReadonlySet<string>, entry: Entry): Head[] {
  const depths = depthsFrom(links, varying, entry);
  const learned = new Set<string>();
  const followed = new Set<string>();
  for (const node of links.order) {
    if (!depths.has(node.name)) continue;
    const before = sourcesOf(node).filter((source) => learned.has(source));
    if (LEARNED.test(node.op)) add(followed, before, links);
    if (LEARNED.test(node.op) || before.length > 0) learned.add(node.name);
  }
  const probable = new Set<string>();
  const heads = links.order.filter(({ name }) => learned.has(name) && !followed.has(name));
  for (const node of heads) {
    const gates = links.readers.get(node.name)?.some(({ op }) => op === 'Mul') ?? false;
    const goesOn = REARRANGES.has(node.op) && probable.has(sourcesOf(node)[0]!);
    if ((PROBABILITIES.has(node.op) && !gates) || goesOn) probable.add(node.name);
  }
  return heads.map(({ name }) => ({
    name,
    depth: depths.get(name)!,
    probable: probable.has(name),
  }));
}

/** Adds nodes and all that they need. */
function add(known: Set<string>, names: readonly string[], { byName }: Links): void {
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = byName.get(name);
    if (!node || known.has(name)) continue;
    known.add(name);
    pending.push(...sourcesOf(node));
  }
}

/** The depth of each node whose value comes from the picture, and from no other input. */
function depthsFrom(
  links: Links,
  varying: ReadonlySet<string>,
  { node: start }: Entry,
): Map<string, number> {
  const before = ancestorsOf(start.name, links);
  const depths = new Map([[start.name, 0]]);
  for (const node of links.order) {
    if (before.has(node.name) || EVALUATES.test(node.op)) continue;
    const sources = sourcesOf(node).filter((source) => varying.has(source));
    if (sources.length === 0 || !sources.every((source) => depths.has(source))) continue;
    const deepest = sources.reduce((depth, source) => Math.max(depth, depths.get(source)!), 0);
    depths.set(node.name, deepest + 1);
  }
  return depths;
}

function lastUnread({ byName, readers }: Links): string | undefined {
  const unread = [...byName.values()].filter(
    ({ name, op }) => !readers.has(name) && op !== 'Const' && op !== 'NoOp',
  );
  return unread.at(-1)?.name;
}
