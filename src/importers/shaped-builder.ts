import { GraphBuilder } from '../graph/builder.ts';
import type { Attributes, Constant, NodeRef, Shape } from '../graph/graph.ts';
import { DreamError } from '../kit/errors.ts';
import { shapeAttribute } from '../ops/attributes.ts';
import { opNamed } from '../ops/index.ts';

/** A builder that knows the shape of every node as it adds it; unknown sizes are null. */
export class ShapedBuilder extends GraphBuilder {
  /** What is being imported, for messages: "layer 'conv2d_1' (Conv2D)". */
  place = 'the network';
  readonly #shapes = new Map<NodeRef, Shape>();

  shapeOf(ref: NodeRef): Shape {
    const shape = this.#shapes.get(ref);
    if (!shape) throw new Error(`expected a node named '${ref}' in the graph, found none`);
    return shape;
  }

  /** `name` if no node has it yet; else undefined, for which the builder makes one up. */
  free(name: string): string | undefined {
    return this.nodes.has(name) ? undefined : name;
  }

  override constant(constant: Constant, name?: NodeRef): NodeRef {
    const ref = super.constant(constant, name);
    this.#shapes.set(ref, constant.shape);
    return ref;
  }

  /** @throws DreamError 'bad-model' when the inputs' shapes do not fit the op. */
  override add(
    op: string,
    inputs: readonly NodeRef[],
    attributes: Attributes = {},
    name?: NodeRef,
  ): NodeRef {
    const ref = super.add(op, inputs, attributes, name);
    if (op === 'input') this.#shapes.set(ref, shapeAttribute(attributes));
    else if (op !== 'constant') this.#shapes.set(ref, this.#inferred(op, inputs, attributes));
    return ref;
  }

  #inferred(op: string, inputs: readonly NodeRef[], attributes: Attributes): Shape {
    const shapes = inputs.map((input) => this.shapeOf(input));
    const definition = opNamed(op);
    try {
      return definition.shape(shapes, attributes);
    } catch (error) {
      const message = `${this.place}: ${(error as Error).message}`;
      throw new DreamError('bad-model', message, undefined, { cause: error });
    }
  }
}
