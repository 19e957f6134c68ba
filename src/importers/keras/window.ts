import type { Window } from '../../graph/window.ts';
import type { LayerCall } from './layer-call.ts';

/** How a layer's window moves. As a type alias's fields it can be spread into attributes. */
export type WindowAttributes = Pick<Window, 'size' | 'strides' | 'dilations'> & {
  readonly padding: 'same' | 'valid';
};

/** @throws DreamError 'unsupported-op' where the channels lie elsewhere than in other layers. */
export function slidingWindow(
  call: LayerCall,
  size: readonly [number, number],
  strides: readonly [number, number],
): WindowAttributes {
  checkFormat(call);
  const padding = call.text('padding', 'valid');
  if (padding !== 'same' && padding !== 'valid') throw call.unsupported(`padding '${padding}'`);
  return { size, strides, dilations: call.pair('dilation_rate', [1, 1]), padding };
}

/** @throws DreamError 'unsupported-op' */
export function checkFormat(call: LayerCall): void {
  const expected = call.shared.channelsFirst ? 'channels_first' : 'channels_last';
  const format = call.text('data_format', expected);
  if (format !== expected) {
    throw call.unsupported(`data_format '${format}' in a network of '${expected}'`);
  }
}
