/** `npm run fuzz -- <count> [seed]`: exits with 1 where a damaged file did harm. */
import { modelFixtures } from '../helpers/model-files.ts';
import { fuzz } from './fuzz.ts';

const [count = 10_000, seed = 1] = process.argv.slice(2).map(Number);
if (!(count > 0) || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run fuzz -- [count] [seed]\n');
  process.exit(2);
}
const { read, refused, problems, slowest, largest } = await fuzz(
  await modelFixtures(),
  count,
  seed,
);
for (const { format, seed: own, kind, words } of problems) {
  process.stdout.write(`${kind}: ${format}, seed ${own}: ${words}\n`);
}
process.stdout.write(
  `${count} files: ${read} read, ${refused} refused, ${problems.length} did harm; ` +
    `the slowest took ${(slowest / 1000).toFixed(2)} s, the largest ${Math.round(largest / 2 ** 20)} MB\n`,
);
process.exit(problems.length === 0 ? 0 : 1);
