/**
 * Compiles ./assembly to ./compiled.ts: `npm run kernels`. With --check it writes nothing, and fails
 * where the two differ; where the compiler cannot be fetched it says so and passes.
 *
 * The compiler is fetched when it is asked for: with it every installation would be 100 MB larger.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const COMPILER = 'assemblyscript@0.28.20';
const SOURCES = fileURLToPath(new URL('assembly/', import.meta.url));
const COMPILED = fileURLToPath(new URL('compiled.ts', import.meta.url));

function hashOfSources() {
  const hash = createHash('sha256').update(COMPILER);
  for (const name of readdirSync(SOURCES).sort()) {
    if (name.endsWith('.ts')) hash.update(readFileSync(join(SOURCES, name)));
  }
  return hash.digest('hex');
}

/** @param {readonly string[]} given */
function asc(given) {
  execFileSync('npm', ['exec', '--yes', `--package=${COMPILER}`, '--', 'asc', ...given], {
    cwd: SOURCES,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function compile() {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  try {
    const output = join(folder, 'kernels.wasm');
    const options = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert'];
    asc(['index.ts', '-o', output, ...options]);
    return readFileSync(output).toString('base64');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function main() {
  const checks = process.argv.includes('--check');
  try {
    asc(['--version']);
  } catch {
    console.error(
      `${COMPILER} cannot be had from the registry${checks ? ': nothing is checked' : ''}.`,
    );
    process.exitCode = checks ? 0 : 1;
    return;
  }
  const text = `// Made from ./assembly by \`npm run kernels\`.

/** SHA-256 of the compiler's name and version and of the files that it read. */
export const SOURCES = '${hashOfSources()}';

export const COMPILED =
  '${compile()}';
`;
  if (!checks) writeFileSync(COMPILED, text);
  else if (readFileSync(COMPILED, 'utf8') !== text) {
    console.error('expected compiled.ts to be what ./assembly compiles to. Run `npm run kernels`.');
    process.exitCode = 1;
  }
}

main();
