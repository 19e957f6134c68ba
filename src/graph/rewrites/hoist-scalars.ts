/**
 * The backward pass is linear: a scalar that multiplies a cotangent (1 / cells, a weight) can as
 * well multiply what comes of it. Moved on from op to op it ends where two scores meet, or at the
 * picture, where it costs least.
 */
import type { Graph, Node, NodeRef, Shape } from '../graph.ts';
import { rewrite } from './rewrite.ts';
import type { RewriteContext } from './rewrite.ts';

/** Ops that are linear in their first input, whatever the others are. */
const LINEAR = new Set([
  'conv2dInputGradient',
  'reluGradient',
  'clipGradient',
  'maxPoolGradient',
  'averagePoolGradient',
  'crop',
  'pad',
]);

/** @param shapes of every node in the graph */
export function hoistScalars(
  graph: Graph,
  outputs: readonly NodeRef[],
  shapes: ReadonlyMap<NodeRef, Shape>,
): Graph {
  const isScalar = new Set(
    [...shapes].filter(([, shape]) => shape.length === 0).map(([name]) => name),
  );
  const factorsOf = (ref: NodeRef, { builder }: RewriteContext): [NodeRef, NodeRef] | null => {
    const node = builder.nodes.get(ref);
    if (node?.op !== 'mul' || isScalar.has(ref)) return null;
    const [left, right] = node.inputs as [NodeRef, NodeRef];
    return isScalar.has(right) ? [left, right] : isScalar.has(left) ? [right, left] : null;
  };

  const scaled = (
    node: Node,
    value: NodeRef,
    scalar: NodeRef,
    { builder }: RewriteContext,
  ): void => {
    builder.add('mul', [value, scalar], {}, node.name);
  };

  const linear = (node: Node, context: RewriteContext): (() => void) | null => {
    const factors = LINEAR.has(node.op) ? factorsOf(node.inputs[0]!, context) : null;
    if (!factors) return null;
    const [value, scalar] = factors;
    return () => {
      const inner = context.builder.add(node.op, [value, ...node.inputs.slice(1)], node.attributes);
      scaled(node, inner, scalar, context);
    };
  };

  const together = (node: Node, context: RewriteContext): (() => void) | null => {
    if (node.op !== 'concat' && node.op !== 'add') return null;
    const factors = node.inputs.map((input) => factorsOf(input, context));
    const scalar = factors[0]?.[1];
    if (scalar === undefined || factors.some((pair) => pair?.[1] !== scalar)) return null;
    return () => {
      const values = factors.map((pair) => pair![0]);
      scaled(node, context.builder.add(node.op, values, node.attributes), scalar, context);
    };
  };

  const product = (node: Node, context: RewriteContext): (() => void) | null => {
    if (node.op !== 'mul' || isScalar.has(node.name)) return null;
    const [left, right] = node.inputs as [NodeRef, NodeRef];
    const spread = [left, right].find(
      (ref) => context.builder.nodes.get(ref)?.op === 'reduceSumGradient',
    );
    const share = spread === undefined ? null : context.builder.nodes.get(spread)!.inputs[0]!;
    const full = spread === left ? right : left;
    // A scalar spread over all cells, only to be multiplied: the scalar itself will do, where the
    // other factor has all cells too.
    if (
      share !== null &&
      isScalar.has(share) &&
      shapes.get(full)?.length === shapes.get(node.name)!.length
    ) {
      return () => {
        multiply(node, full, share, context);
      };
    }
    const scalar = isScalar.has(right) ? right : isScalar.has(left) ? left : null;
    if (scalar === null) return null;
    const value = scalar === right ? left : right;
    return factorsOf(value, context)
      ? () => {
          multiply(node, value, scalar, context);
        }
      : null;
  };

  /** value · scalar, where the value may be such a product itself. */
  const multiply = (node: Node, value: NodeRef, scalar: NodeRef, context: RewriteContext): void => {
    const factors = factorsOf(value, context);
    if (!factors) {
      scaled(node, value, scalar, context);
      return;
    }
    const both = context.builder.add('mul', [factors[1], scalar]);
    isScalar.add(both);
    scaled(node, factors[0], both, context);
  };

  return rewrite(
    graph,
    outputs,
    (node, context) => linear(node, context) ?? together(node, context) ?? product(node, context),
  );
}
