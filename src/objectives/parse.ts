/**
 * Objectives in words:
 *
 *   mixed4                      one layer
 *   mixed4:pre                  before its activation
 *   mixed4:139                  one channel of it
 *   mixed4:10-20                a range of channels
 *   mixed2:0.2,mixed4:2         several layers, with weights
 *   mixed4:139:0.5,mixed5:-1    channel and weight; a negative weight dreams away from it
 *
 * One number after a layer is a channel where the layer stands alone and the number is whole and
 * not negative; else it is a weight.
 */
import { DreamError } from '../kit/errors.ts';
import type { LayerView } from './layer-view.ts';
import { mean } from './mean.ts';
import { meanSquare } from './mean-square.ts';
import type { Objective } from './objective.ts';
import { weightedSum } from './weighted-sum.ts';

/** How activations become a score. To add a measure: a file, and a line here. */
const measures = { 'mean-square': meanSquare, mean } satisfies Record<
  string,
  (view: LayerView) => Objective
>;

export type Measure = keyof typeof measures;
export const MEASURES = Object.keys(measures) as [Measure, ...Measure[]];

export interface ObjectiveOptions {
  readonly measure: Measure;
  readonly border?: number;
  readonly whiten?: number;
}

export interface LayerTerm {
  readonly layer: string;
  readonly channels?: readonly [number, number];
  readonly weight: number;
}

/** @throws DreamError 'bad-option' for words that are not of the form above */
export function parseObjective(text: string, options: ObjectiveOptions): Objective {
  const { measure, border = 0, whiten = 0 } = options;
  const terms = parseTerms(text).map(({ layer, channels, weight }) => ({
    weight,
    objective: measures[measure]({ layer, border, whiten, ...(channels ? { channels } : {}) }),
  }));
  const [first] = terms;
  return terms.length === 1 && first!.weight === 1 ? first!.objective : weightedSum(terms);
}

export function parseTerms(text: string): LayerTerm[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.map((part) => parseTerm(part, parts.length === 1));
}

function parseTerm(part: string, alone: boolean): LayerTerm {
  const [name, ...fields] = part.split(':').map((field) => field.trim());
  const pre = fields[0] === 'pre';
  const layer = pre ? `${name ?? ''}:pre` : (name ?? '');
  const numbers = pre ? fields.slice(1) : fields;
  if (!name || numbers.length > 2) throw malformed(part);
  const [first, second] = numbers;
  if (first === undefined) return { layer, weight: 1 };
  if (second !== undefined)
    return { layer, channels: parseChannels(first, part), weight: parseWeight(second, part) };
  return isRange(first) || (alone && /^\d+$/.test(first))
    ? { layer, channels: parseChannels(first, part), weight: 1 }
    : { layer, weight: parseWeight(first, part) };
}

function isRange(field: string): boolean {
  return /^\d+-\d+$/.test(field);
}

function parseChannels(field: string, part: string): [number, number] {
  if (!isRange(field) && !/^\d+$/.test(field)) throw malformed(part);
  const [first, last] = field.split('-').map(Number) as [number, number?];
  return [first, last ?? first];
}

function parseWeight(field: string, part: string): number {
  const weight = field === '' ? Number.NaN : Number(field);
  if (!Number.isFinite(weight) || weight === 0) throw malformed(part);
  return weight;
}

function malformed(part: string): DreamError {
  return new DreamError(
    'bad-option',
    `expected a layer, with a channel, a range of channels or a weight; got '${part}'`,
    'Examples: mixed4 · mixed4:139 · mixed4:10-20 · mixed2:0.2,mixed4:2 · mixed4:pre',
  );
}
