import { expect, it } from 'vitest';
import { PICTURE } from '../../../src/engines/engine.ts';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { layersWorth } from '../../../src/studio/adding/worth.ts';
import { smallestSide } from '../../../src/studio/layers.ts';

/** Patches of 8×8, and blocks behind them that count on a picture of 64×64. */
function patchesAndBlocks(): GraphBuilder {
  const builder = new GraphBuilder();
  const picture = builder.input(PICTURE, [1, null, null, 3]);
  const window = { size: [8, 8], strides: [8, 8], dilations: [1, 1], padding: 'valid', groups: 1 };
  const filter = builder.constant({ shape: [8, 8, 3, 16], read: () => new Float32Array(3072) });
  builder.layers.set('patches', builder.add('conv2d', [picture, filter], window));
  let ref = builder.layers.get('patches')!;
  for (let block = 1; block <= 4; block++) {
    const windows = builder.add('reshape', [ref], { shape: [4, 4, 4, 16] });
    ref = builder.add('relu', [builder.add('reshape', [windows], { shape: [1, 8, 8, 16] })]);
    builder.layers.set(`block${block}`, ref);
  }
  return builder;
}

it('a network whose blocks take one size only is dreamt at before them', () => {
  const graph = patchesAndBlocks();
  const worth = layersWorth(graph, graph.layers.get('block4')!, { rows: 64, columns: 64 });
  expect(worth).toEqual({
    layersWorthDreaming: ['patches'],
    defaultLayer: 'patches',
    minimumSide: 8,
  });
});

it('its blocks are refused in words', () => {
  expect(() => smallestSide(patchesAndBlocks())).toThrow(
    'so deep in this network pictures of one size only can be looked at (node',
  );
});
