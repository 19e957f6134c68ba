import { beforeEach, describe, expect, it } from 'vitest';
import { presets } from '../../src/dream/presets.ts';
import type { Recipe } from '../../src/dream/recipe.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import type { Model } from '../../src/studio/catalogue.ts';
import { planRender } from '../../src/studio/render.ts';
import { ScoredNetworks } from '../../src/studio/scored-networks.ts';

const recipe: Recipe = {
  ...{ ...presets.default, layer: 'block_1_expand' },
  ...{ measure: 'mean-square', border: 0, whiten: 0 },
};
let model: Model;
let networks: ScoredNetworks;

beforeEach(async () => {
  model = await loadModel('mobilenet_v2');
  networks = new ScoredNetworks(model);
});

describe('networks with objectives', () => {
  it('are built once for all recipes that climb the same', () => {
    const network = networks.of(recipe, false);
    expect(networks.of({ ...recipe, seed: 5, steps: 7, octaves: 2 }, false)).toBe(network);
    const others: readonly Partial<Recipe>[] = [
      ...[{ layer: 'block_1_expand:2' }, { measure: 'mean' as const }],
      ...[{ border: 2 }, { whiten: 0.5 }],
    ];
    for (const other of others) {
      expect(networks.of({ ...recipe, ...other }, false)).not.toBe(network);
    }
  });

  it('make the same plan as new ones', () => {
    const image = { rows: 48, columns: 64, data: new Float32Array() };
    const picture = { image, note: [], originalRows: 48, originalColumns: 64 };
    const [known, again, fresh] = [networks, networks, undefined].map((each) =>
      planRender(model, { picture, recipe }, each),
    );
    for (const plan of [known!, again!]) {
      expect(plan).toMatchObject({ sizes: fresh!.sizes, formula: fresh!.formula });
      expect(plan.work()).toBe(fresh!.work());
    }
  });

  it('beyond the deepest layer are refused also when somebody else may have them', () => {
    const deep = { ...recipe, layer: 'Conv_1' };
    for (let times = 0; times < 2; times++) {
      expect(() => networks.of(deep, false)).toThrow('the deepest layer');
      expect(networks.of(deep, true).objective.describe()).toContain('Conv_1');
    }
  });

  it('are forgotten when many others were asked for since', () => {
    const first = networks.of(recipe, false);
    const ask = (channel: number): unknown =>
      networks.of({ ...recipe, layer: `block_1_expand:${channel}` }, false);
    for (let channel = 0; channel < 60; channel++) ask(channel);
    expect(networks.of(recipe, false)).toBe(first);
    for (let channel = 0; channel < 64; channel++) ask(channel);
    expect(networks.of(recipe, false)).not.toBe(first);
  });
});
