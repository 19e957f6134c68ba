import type { Attributes, Shape } from '../graph/graph.ts';
import type { Padding, Window } from '../graph/window.ts';

export function numberOf(attributes: Attributes, name: string): number {
  const value = attributes[name];
  if (typeof value !== 'number') throw new Error(`expected a number in attribute '${name}'`);
  return value;
}

export function listOf(attributes: Attributes, name: string): readonly number[] {
  const value = attributes[name];
  if (!Array.isArray(value)) throw new Error(`expected a list of numbers in attribute '${name}'`);
  return value as readonly number[];
}

export function booleanOf(attributes: Attributes, name: string): boolean {
  return attributes[name] === true;
}

export function shapeAttribute(attributes: Attributes): Shape {
  return attributes['shape'] as Shape;
}

/** The window of a convolution or a pool. */
export function windowOf(attributes: Attributes): Window {
  return {
    size: listOf(attributes, 'size') as [number, number],
    strides: listOf(attributes, 'strides') as [number, number],
    dilations: (attributes['dilations'] ?? [1, 1]) as [number, number],
    padding: attributes['padding'] as Padding,
  };
}
