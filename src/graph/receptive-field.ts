import type { Graph, NodeRef } from './graph.ts';

/** How a node's cells lie over the picture. */
export interface ReceptiveField {
  /** Pixels from one cell to the next. */
  readonly stride: number;
  /** Pixels that a cell sees on each side of its middle, at most: [rows, columns]. */
  readonly radius: readonly [number, number];
}

/**
 * The field of each node that depends on the picture, from the sizes and strides of the windows
 * on the way (the widest way counts). Dense layers and means over the picture see everything:
 * they are not counted.
 */
export function receptiveFields(graph: Graph, picture: NodeRef): Map<NodeRef, ReceptiveField> {
  const fields = new Map<NodeRef, ReceptiveField>([[picture, { stride: 1, radius: [0, 0] }]]);
  for (const { name, inputs, attributes } of graph.nodes.values()) {
    const sources = inputs.flatMap((input) => fields.get(input) ?? []);
    if (sources.length === 0) continue;
    const stride = Math.max(...sources.map((source) => source.stride));
    const { size, strides, dilations } = attributes as Record<
      string,
      readonly number[] | undefined
    >;
    const radiusAlong = (axis: 0 | 1): number => {
      const span = size ? (size[axis]! - 1) * (dilations?.[axis] ?? 1) : 0;
      return Math.max(...sources.map(({ radius }) => radius[axis])) + (span * stride) / 2;
    };
    fields.set(name, {
      stride: stride * Math.max(1, ...(strides ?? [])),
      radius: [radiusAlong(0), radiusAlong(1)],
    });
  }
  return fields;
}
