import type { Attributes, Constant, NodeRef, Shape } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import { opNamed } from '../../ops/index.ts';
import { ShapedBuilder } from '../shaped-builder.ts';

/**
 * A builder that also knows how large every node is for pictures of the network's own size: what
 * Shape nodes give, and what reshapes count on.
 */
export class NominalBuilder extends ShapedBuilder {
  readonly #nominal = new Map<NodeRef, readonly number[]>();

  /** @param size [rows, columns] of the network's own pictures. */
  picture(name: NodeRef, channels: number, size: readonly [number, number]): NodeRef {
    this.#nominal.set(name, [1, ...size, channels]);
    return this.input(name, [1, null, null, channels]);
  }

  nominalOf(ref: NodeRef): readonly number[] {
    const shape = this.#nominal.get(ref);
    if (!shape) throw new Error(`expected a node named '${ref}' in the graph, found none`);
    return shape;
  }

  override constant(constant: Constant, name?: NodeRef): NodeRef {
    const ref = super.constant(constant, name);
    this.#nominal.set(ref, constant.shape);
    return ref;
  }

  override add(
    op: string,
    inputs: readonly NodeRef[],
    attributes: Attributes = {},
    name?: NodeRef,
  ): NodeRef {
    const ref = super.add(op, inputs, attributes, name);
    if (op !== 'input' && op !== 'constant') {
      this.#nominal.set(ref, this.#inferredNominal(op, inputs, attributes));
    }
    return ref;
  }

  #inferredNominal(op: string, inputs: readonly NodeRef[], attributes: Attributes): number[] {
    const shapes = inputs.map((input) => this.nominalOf(input));
    let shape: Shape;
    try {
      shape = opNamed(op).shape(shapes, attributes);
    } catch (error) {
      const message = `${this.place}: ${(error as Error).message}`;
      throw new DreamError('bad-model', message, undefined, { cause: error });
    }
    if (shape.every((size) => size !== null && Number.isInteger(size) && size > 0)) {
      return shape as number[];
    }
    const found = shape.map((size) => size ?? '?').join(', ');
    throw new DreamError('bad-model', `${this.place} gives [${found}]: nothing is left of it`);
  }
}
