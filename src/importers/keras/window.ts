import type { Window } from '../../graph/window.ts';
import type { LayerCall } from './layer-call.ts';

/** How a layer's window moves. As a type alias's fields it can be spread into attributes. */
export type WindowAttributes = Pick<Window, 'size' | 'strides' | 'dilations' | 'padding'>;

/** @throws DreamError 'unsupported-op' for pictures whose channels come first. */
export function slidingWindow(
  call: LayerCall,
  size: readonly [number, number],
  strides: readonly [number, number],
): WindowAttributes {
  refuseChannelsFirst(call);
  const padding = call.text('padding', 'valid');
  if (padding !== 'same' && padding !== 'valid') throw call.unsupported(`padding '${padding}'`);
  return { size, strides, dilations: call.pair('dilation_rate', [1, 1]), padding };
}

export function refuseChannelsFirst(call: LayerCall): void {
  const format = call.text('data_format', 'channels_last');
  if (format !== 'channels_last') throw call.unsupported(`data_format '${format}'`);
}
