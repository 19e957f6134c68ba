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

type Replacement = (() => void) | null;

/** @param shapes of every node in the graph */
export function hoistScalars(
  graph: Graph,
  outputs: readonly NodeRef[],
  shapes: ReadonlyMap<NodeRef, Shape>,
): Graph {
  const hoist = new ScalarHoist(shapes);
  return rewrite(
    graph,
    outputs,
    (node, context) =>
      hoist.throughLinear(node, context) ??
      hoist.throughSum(node, context) ??
      hoist.intoProduct(node, context),
  );
}

class ScalarHoist {
  readonly #scalars: Set<NodeRef>;

  constructor(private readonly shapes: ReadonlyMap<NodeRef, Shape>) {
    this.#scalars = new Set(
      [...shapes].filter(([, shape]) => shape.length === 0).map(([name]) => name),
    );
  }

  /** op(value · s) = op(value) · s */
  throughLinear(node: Node, context: RewriteContext): Replacement {
    const factors = LINEAR.has(node.op) ? this.#factorsOf(node.inputs[0]!, context) : null;
    if (!factors) return null;
    const [value, scalar] = factors;
    return () => {
      const inputs = [value, ...node.inputs.slice(1)];
      const inner = context.builder.add(node.op, inputs, node.attributes);
      context.builder.add('mul', [inner, scalar], {}, node.name);
    };
  }

  /** concat(a · s, b · s) = concat(a, b) · s, and so with a sum. */
  throughSum(node: Node, context: RewriteContext): Replacement {
    if (node.op !== 'concat' && node.op !== 'add') return null;
    const factors = node.inputs.map((input) => this.#factorsOf(input, context));
    const scalar = factors[0]?.[1];
    if (scalar === undefined || factors.some((pair) => pair?.[1] !== scalar)) return null;
    return () => {
      const values = factors.map((pair) => pair![0]);
      const inner = context.builder.add(node.op, values, node.attributes);
      context.builder.add('mul', [inner, scalar], {}, node.name);
    };
  }

  /** (value · s) · t = value · (s · t) */
  intoProduct(node: Node, context: RewriteContext): Replacement {
    if (node.op !== 'mul' || this.#scalars.has(node.name)) return null;
    const [left, right] = node.inputs as [NodeRef, NodeRef];
    for (const [factor, value] of [
      [right, left],
      [left, right],
    ] as const) {
      const share = this.#spreadScalar(factor, context);
      if (share !== null && this.#isFull(value, node)) {
        return () => {
          this.#multiply(node, value, share, context);
        };
      }
      if (this.#scalars.has(factor) && this.#factorsOf(value, context)) {
        return () => {
          this.#multiply(node, value, factor, context);
        };
      }
    }
    return null;
  }

  /** The scalar that `ref` spreads over all cells, only to be multiplied: it will do itself. */
  #spreadScalar(ref: NodeRef, { builder }: RewriteContext): NodeRef | null {
    const node = builder.nodes.get(ref);
    const share = node?.op === 'reduceSumGradient' ? node.inputs[0]! : null;
    return share !== null && this.#scalars.has(share) ? share : null;
  }

  /** Whether a factor has all the product's cells, so that the product needs no other. */
  #isFull(factor: NodeRef, product: Node): boolean {
    return this.shapes.get(factor)?.join() === this.shapes.get(product.name)!.join();
  }

  /** [value, scalar] of a product of the two. */
  #factorsOf(ref: NodeRef, { builder }: RewriteContext): [NodeRef, NodeRef] | null {
    const node = builder.nodes.get(ref);
    if (node?.op !== 'mul' || this.#scalars.has(ref)) return null;
    const [left, right] = node.inputs as [NodeRef, NodeRef];
    if (this.#scalars.has(right)) return [left, right];
    return this.#scalars.has(left) ? [right, left] : null;
  }

  /** Adds value · scalar, where the value may be such a product itself. */
  #multiply(node: Node, value: NodeRef, scalar: NodeRef, context: RewriteContext): void {
    const factors = this.#factorsOf(value, context);
    if (!factors) {
      context.builder.add('mul', [value, scalar], {}, node.name);
      return;
    }
    const both = context.builder.add('mul', [factors[1], scalar]);
    this.#scalars.add(both);
    context.builder.add('mul', [factors[0], both], {}, node.name);
  }
}
