/** `npm run bench -- NAME… [ARGUMENT…]`; without a name, all of them. What follows the names is for the last. */
import { availableParallelism, cpus } from 'node:os';

/** Loaded when they run: some need what is installed for development alone. */
const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  gradient: async () => (await import('./gradient.ts')).gradient(),
  dream: async () => (await import('./dream.ts')).dream(),
  scaling: async () => (await import('./scaling.ts')).scaling(),
  memory: async () => (await import('./memory.ts')).memory(),
  contest: async () => (await import('./contest.ts')).contest(),
  load: async () => (await import('./load.ts')).load(),
  add: async () => (await import('./add.ts')).add(),
  classes: async (args) => (await import('./classes.ts')).classes(args),
  gpu: async () => (await import('./gpu.ts')).gpu(),
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
