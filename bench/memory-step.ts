/** One step of the default recipe at mixed5 on a picture of noise: `node … memory-step.ts SIDE`. */
import { dream } from '../src/dream/dream.ts';
import { presetNamed } from '../src/dream/presets.ts';
import { LAYER, inception, noise } from './subject.ts';

const side = Number(process.argv[2]);
const { ascent, forward } = await inception();
await forward.dispose();
const start = performance.now();
const recipe = { ...presetNamed('default'), layer: LAYER, octaves: 1, steps: 1 };
const frames = dream({
  picture: noise(side),
  recipe,
  ascent,
  sizes: [{ rows: side, columns: side }],
});
for (let next = await frames.next(); next.done !== true; next = await frames.next());
const seconds = (performance.now() - start) / 1000;
const megabytes = process.resourceUsage().maxRSS / 1000;
console.log(`${side}²: ${megabytes.toFixed(0)} MB resident at most, ${seconds.toFixed(1)} s`);
await ascent.dispose();
