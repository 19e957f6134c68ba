/** Layers that give pictures other numbers of rows and columns. */
import type { Graph, NodeRef } from '../../graph/graph.ts';
import { INPUT } from '../imported.ts';
import { MOST_TIMES } from '../transposed-window.ts';
import { isLength } from './layer-call.ts';
import type { LayerCall } from './layer-call.ts';
import { checkFormat } from './window.ts';

/** As TensorFlow 2 resizes: the middles of cells are where they are in the picture. */
const RESIZED = { place: 'half_pixel', rounding: 'round_prefer_ceil' };

/** Every cell repeated along rows and columns, or what lies between them drawn with straight lines. */
export function upSampling2d(call: LayerCall): NodeRef {
  checkFormat(call);
  const times = call.lengths('size', [2, 2], MOST_TIMES);
  const interpolation = call.text('interpolation', 'nearest');
  if (interpolation === 'nearest') {
    return call.builder.add('upsample', [call.input], { size: times }, call.output);
  }
  const place = call.shared.fromCorners ? 'asymmetric' : RESIZED.place;
  const attributes = { ...RESIZED, place, mode: modeOf(call, interpolation), scales: times };
  return call.builder.add('resize', [call.input], attributes, call.output);
}

/** To `height` and `width`: a layer of Keras. */
export function resizing(call: LayerCall): NodeRef {
  checkFormat(call);
  return resized(call, sizeIn(call), call.text('interpolation', 'bilinear'));
}

/** To `size`: a function of TensorFlow or of Keras 3. */
export function imageResize(call: LayerCall): NodeRef {
  if (call.shared.channelsFirst) throw call.unsupported("data_format 'channels_first'");
  const interpolation = call.text('method', call.text('interpolation', 'bilinear'));
  return resized(call, call.lengths('size'), interpolation);
}

/** A part of the picture, before all else: so takes whoever feeds the network. */
export function cropped(call: LayerCall): NodeRef {
  checkFormat(call);
  if (!isPicture(call)) throw call.unsupported('a cut behind other layers');
  call.shared.resized = sizeIn(call);
  return call.input;
}

function resized(call: LayerCall, size: readonly [number, number], interpolation: string): NodeRef {
  // Whoever feeds the network brings pictures to that size, from the whole picture at once.
  if (isPicture(call)) {
    call.shared.resized = size;
    return call.input;
  }
  for (const option of [
    'antialias',
    'crop_to_aspect_ratio',
    'pad_to_aspect_ratio',
    'preserve_aspect_ratio',
  ]) {
    if (call.flag(option, false)) throw call.unsupported(`${option} behind other layers`);
  }
  const attributes = { ...RESIZED, mode: modeOf(call, interpolation), size };
  return call.builder.add('resize', [call.input], attributes, call.output);
}

function sizeIn(call: LayerCall): readonly [number, number] {
  const [height, width] = ['height', 'width'].map((side) => call.number(side)) as [number, number];
  if (isLength(height) && isLength(width)) return [height, width];
  throw call.bad(
    `has height = ${height} and width = ${width}, expected whole numbers from 1 to 4096`,
  );
}

function modeOf(call: LayerCall, interpolation: string): string {
  if (interpolation === 'bilinear') return 'linear';
  if (interpolation === 'nearest') return 'nearest';
  throw call.unsupported(`interpolation '${interpolation}'`);
}

/** Whether the input is the picture, its channels multiplied and shifted at most. */
function isPicture({ builder, input }: LayerCall): boolean {
  let ref = input;
  for (let from = before(builder, ref); from !== undefined; from = before(builder, ref)) ref = from;
  return ref === INPUT;
}

const AFFINE = new Set(['add', 'sub', 'mul', 'div']);

function before({ nodes, constants }: Graph, ref: NodeRef): NodeRef | undefined {
  const { op, inputs } = nodes.get(ref)!;
  const [x, other] = inputs;
  const shape = other === undefined ? undefined : constants.get(other)?.shape;
  return AFFINE.has(op) && shape !== undefined && shape.length < 2 ? x : undefined;
}
