/** The dreams of `load` by the engine alone: nothing is read, written or told. */
import { readPicture } from '../src/dream/picture.ts';
import { presets } from '../src/dream/presets.ts';
import { chooseEngine } from '../src/engines/choose.ts';
import { keepingLast } from '../src/engines/kept.ts';
import { loadModel } from '../src/studio/catalogue.ts';
import { planRender } from '../src/studio/render.ts';
import { ScoredNetworks } from '../src/studio/scored-networks.ts';

/** Options of /dream by their names. */
export type Settings = Readonly<Record<string, string | number>>;

export interface Spent {
  /** Of each dream. */
  readonly seconds: number;
  readonly processorSeconds: number;
}

/**
 * One dream after another, after one that does not count; the network and its session are kept from
 * one to the next, as a render process keeps them.
 */
export async function bareEngine(
  settings: Settings,
  photo: Buffer,
  dreams: number,
): Promise<Spent> {
  const model = await loadModel('inception_v3');
  const networks = new ScoredNetworks(model);
  const engine = keepingLast((await chooseEngine({})).engine);
  const picture = await readPicture(photo);
  const recipe = { ...presets.default, ...settings };
  const once = async (): Promise<void> => {
    const frames = planRender(model, { picture, recipe }, networks).run(engine);
    while (!(await frames.next()).done);
  };
  await once();
  const began = performance.now();
  const before = process.cpuUsage();
  for (let index = 0; index < dreams; index++) await once();
  const { user, system } = process.cpuUsage(before);
  return {
    seconds: (performance.now() - began) / 1000 / dreams,
    processorSeconds: (user + system) / 1e6 / dreams,
  };
}
