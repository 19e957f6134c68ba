/** `npm run bench -- NAME…`; without a name, all of them. */
import { availableParallelism, cpus } from 'node:os';
import { contest } from './contest.ts';
import { dream } from './dream.ts';
import { gpu } from './gpu.ts';
import { gradient } from './gradient.ts';
import { load } from './load.ts';
import { memory } from './memory.ts';
import { scaling } from './scaling.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  gradient,
  dream,
  scaling,
  memory,
  contest,
  load,
  gpu,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`bench: expected ${Object.keys(benches).join(', ')}; got ${unknown.join(', ')}`);
  process.exitCode = 2;
} else {
  console.log(
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    console.log(`\n== ${name}`);
    await benches[name]!();
  }
}
