/** `npm run bench -- NAME… [ARGUMENT…]`; without a name, all of them. What follows the names is for the last. */
import { availableParallelism, cpus } from 'node:os';
import { add } from './add.ts';
import { classes } from './classes.ts';
import { contest } from './contest.ts';
import { dream } from './dream.ts';
import { gpu } from './gpu.ts';
import { gradient } from './gradient.ts';
import { load } from './load.ts';
import { memory } from './memory.ts';
import { scaling } from './scaling.ts';

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  gradient,
  dream,
  scaling,
  memory,
  contest,
  load,
  add,
  classes,
  gpu,
};

const given = process.argv.slice(2);
const firstArgument = given.findIndex((word) => !(word in benches));
const [names, args] =
  firstArgument < 0 ? [given, []] : [given.slice(0, firstArgument), given.slice(firstArgument)];
if (args.length > 0 && names.at(-1) !== 'classes') {
  console.error(`bench: expected ${Object.keys(benches).join(', ')}; got ${args.join(', ')}`);
  process.exitCode = 2;
} else {
  console.log(
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    console.log(`\n== ${name}`);
    await benches[name]!(name === names.at(-1) ? args : []);
  }
}
