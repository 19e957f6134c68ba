/**
 * Starts one of the project's programs: `node src/start.js src/cli.ts …`.
 *
 * Loading hundreds of TypeScript files one by one costs more than half a second. So they are
 * bundled once, into node_modules/.cache, and bundled anew when one of them has changed. Where that
 * cannot be done (nobody may write there, a file has an error) tsx loads them one by one.
 *
 * `node src/start.js --bundle src/cli.ts src/main.ts` makes the bundles and starts nothing.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import module from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mapStacks } from './stacks.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'dream-bot');
const { enableCompileCache } = /** @type {{ enableCompileCache?: (folder: string) => unknown }} */ (
  module
);
/** What a bundle depends on beside the files in it. */
const ALWAYS = [
  'src/start.js',
  'package.json',
  'tsconfig.json',
  'node_modules/esbuild/package.json',
  'node_modules/zod/package.json',
];
/** Milliseconds. */
const OLD = 30 * 24 * 3600 * 1000;

/** @typedef {{ key: string, main: string, inputs: string[] }} Bundle */

/** @type {(contents: Uint8Array | string) => string} */
const hashOf = (contents) => createHash('sha256').update(contents).digest('hex');

/**
 * @param {readonly string[]} inputs paths within the project
 * @param {ReadonlyMap<string, string>} [known] hashes of some of them
 */
function keyOf(inputs, known = new Map()) {
  const lines = inputs.map(
    (path) => `${path} ${known.get(path) ?? hashOf(readFileSync(join(ROOT, path)))}`,
  );
  return hashOf(`${ROOT} ${process.version}\n${lines.join('\n')}`);
}

/** @param {string} entry a path within the project */
const manifestOf = (entry) => join(CACHE, `${entry.replaceAll(/[^a-z]/gi, '-')}.json`);

/**
 * @param {string} entry
 * @returns {string | null} the bundle's file, where it is as new as its sources
 */
function freshBundle(entry) {
  try {
    /** @type {unknown} */
    const manifest = JSON.parse(readFileSync(manifestOf(entry), 'utf8'));
    const { key, main, inputs } = /** @type {Bundle} */ (manifest);
    return key === keyOf(inputs) && existsSync(main) ? main : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} entry
 * @returns {Promise<string>} the bundle's file
 */
async function bundle(entry) {
  const { build, stop } = await import('esbuild');
  const folder = join(CACHE, randomUUID());
  /** @type {Map<string, string>} */
  const hashes = new Map();
  try {
    await mkdir(folder, { recursive: true });
    const { metafile } = await build({
      entryPoints: [entry],
      absWorkingDir: ROOT,
      outdir: folder,
      entryNames: 'main',
      // By this name Node knows what it reads; of a `.js` in node_modules it has to find out.
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: `node${process.versions.node}`,
      sourcemap: true,
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      plugins: [librariesApart, ownPlaces(hashes)],
    });
    const own = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'));
    const inputs = [...ALWAYS, ...own];
    const main = join(folder, 'main.mjs');
    const manifest = `${folder}.tmp`;
    await writeFile(manifest, JSON.stringify({ key: keyOf(inputs, hashes), main, inputs }));
    // Until now nobody knows of the bundle; from now on it is whole.
    await rename(manifest, manifestOf(entry));
    return main;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    // What cannot be removed today can be another day.
    await removeOld().catch(() => undefined);
    await stop();
  }
}

/**
 * Libraries stay out of the bundle, but for zod: of its hundred files each would be loaded by
 * itself.
 *
 * @type {import('esbuild').Plugin}
 */
const librariesApart = {
  name: 'libraries-apart',
  setup(builder) {
    builder.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      const inside = kind === 'entry-point' || path === 'zod' || path.startsWith('zod/');
      return inside ? undefined : { path, external: true };
    });
  },
};

/**
 * Each file keeps its own `import.meta.url`, and tells the hash of what was bundled.
 *
 * @param {Map<string, string>} hashes
 * @returns {import('esbuild').Plugin}
 */
function ownPlaces(hashes) {
  return {
    name: 'own-places',
    setup(builder) {
      builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const contents = await readFile(path);
        hashes.set(relative(ROOT, path).replaceAll('\\', '/'), hashOf(contents));
        const place = JSON.stringify(pathToFileURL(path).href);
        return { contents: contents.toString().replaceAll('import.meta.url', place), loader: 'ts' };
      });
    },
  };
}

/** Bundles that no manifest names any more, when no process can be running that still reads them. */
async function removeOld() {
  const names = await readdir(CACHE).catch(() => []);
  const manifests = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(CACHE, name), 'utf8'));
  for (const name of names) {
    if (name.endsWith('.json') || manifests.some((text) => text.includes(name))) continue;
    const path = join(CACHE, name);
    const age = Date.now() - (await stat(path)).mtimeMs;
    if (age > OLD) await rm(path, { recursive: true, force: true });
  }
}

/** @param {string} entry */
async function start(entry) {
  const place = relative(ROOT, resolve(entry)).replaceAll('\\', '/');
  const main = freshBundle(place) ?? (await bundle(place).catch(() => null));
  if (main === null) {
    (await import('tsx/esm/api')).register();
    await import(pathToFileURL(resolve(entry)).href);
  } else {
    // From Node 22 on; it goes with the bundle when that is removed.
    enableCompileCache?.(join(dirname(main), 'compiled'));
    mapStacks(dirname(main));
    await import(pathToFileURL(main).href);
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === undefined) {
  process.stderr.write('start: expected a program, such as src/cli.ts\n');
  process.exitCode = 2;
} else if (first === '--bundle') {
  for (const entry of rest) await bundle(entry);
} else {
  process.argv.splice(1, 2, resolve(first));
  await start(first);
}
