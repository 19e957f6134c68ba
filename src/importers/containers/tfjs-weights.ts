/**
 * The weights of a tensorflow.js model: a manifest that lists them, and shards: files that hold
 * their bytes one after another, so that a weight may begin in one shard and end in the next.
 */
import * as z from 'zod';
import { DreamError } from '../../kit/errors.ts';
import { checked } from '../checked.ts';
import type { ReadShard } from '../imported.ts';
import type { StoredConstant, Weights } from '../weights.ts';
import { bytesPerElement, decode, isPacked, packed } from './tfjs-elements.ts';
import { ShardGroup } from './tfjs-shards.ts';

const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  dtype: z.string(),
  quantization: z
    .object({ dtype: z.string(), min: z.number().optional(), scale: z.number().optional() })
    .optional(),
});

const manifestSchema = z
  .array(z.object({ paths: z.array(z.string()).min(1), weights: z.array(weightSchema) }))
  .min(1);

export type TfjsWeight = z.output<typeof weightSchema>;

interface Place {
  readonly group: ShardGroup;
  readonly weight: TfjsWeight;
  /** First byte of the weight, counted through all shards of its group. */
  readonly start: number;
  readonly end: number;
}

/**
 * Opens a `weightsManifest` without reading a shard.
 * @throws DreamError 'bad-model' for a manifest of another form, or an unknown number format.
 */
export function openWeights(manifest: unknown, readShard: ReadShard): Weights {
  const places = new Map<string, Place>();
  for (const { paths, weights } of checked(manifestSchema, manifest, 'weightsManifest')) {
    const sizes = weights.map(
      (weight) => elementsOf(weight.shape) * bytesPerElement(storedType(weight), weight.name),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const group = new ShardGroup(paths, total, readShard);
    let start = 0;
    weights.forEach((weight, index) => {
      const end = start + sizes[index]!;
      places.set(weight.name, { group, weight, start, end });
      start = end;
    });
  }
  return new TfjsWeights(places);
}

class TfjsWeights implements Weights {
  readonly #places: ReadonlyMap<string, Place>;

  constructor(places: ReadonlyMap<string, Place>) {
    this.#places = places;
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  constant(name: string): StoredConstant {
    const { group, weight, start, end } = this.#placeOf(name);
    const type = storedType(weight);
    const stored = (): Uint8Array => {
      const bytes = group.bytes(start, end);
      if (bytes) return bytes;
      throw new Error(`weight '${name}' was read before ready(['${name}']) was awaited`);
    };
    return {
      shape: weight.shape,
      weights: [name],
      read: () => decode(stored(), type, weight),
      ...(isPacked(type, weight) ? { packed: () => packed(stored(), type, weight) } : {}),
    };
  }

  async ready(names: Iterable<string>): Promise<void> {
    const ranges = new Map<ShardGroup, { start: number; end: number }[]>();
    for (const name of names) {
      const { group, start, end } = this.#placeOf(name);
      const known = ranges.get(group);
      if (known) known.push({ start, end });
      else ranges.set(group, [{ start, end }]);
    }
    await Promise.all([...ranges].map(([group, wanted]) => group.load(wanted)));
  }

  #placeOf(name: string): Place {
    const place = this.#places.get(name);
    if (place) return place;
    throw new DreamError('bad-model', `the weights hold no '${name}', which the network needs`);
  }
}

/** The number format of the bytes, which differs from the weight's own where it is quantised. */
function storedType(weight: TfjsWeight): string {
  return weight.quantization?.dtype ?? weight.dtype;
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
