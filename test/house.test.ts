/** The plan of the house: who may import whom. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ALONE } from '../vitest.config.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** From the bottom up: a layer imports itself and those before it. */
const LAYERS = [
  'src/kit',
  'src/graph',
  'src/ops',
  'src/autodiff',
  'src/importers',
  'src/objectives',
  'src/engines',
  'src/dream',
  'src/studio',
  'src/chat',
  'commands',
  'src/platforms',
];

/** The only files that put the parts together: they import anything, and nothing imports them. */
const COMPOSITION_ROOTS = ['src/main.ts', 'src/main', 'src/cli.ts', 'src/cli'];

/** Narrower than the order of the layers. */
const EXCEPTIONS: readonly { from: string; may: (to: string) => boolean; because: string }[] = [
  {
    from: 'src/dream',
    may: (to) => !inside(to, 'src/engines') || to === 'src/engines/engine.ts',
    because: 'dreams know engines by their interface alone',
  },
  {
    from: 'src/platforms',
    may: (to) => ['src/platforms', 'src/chat', 'src/kit'].some((layer) => inside(to, layer)),
    because: 'platforms only carry',
  },
];

interface Source {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly text: string;
  /** As written: './image.ts', 'sharp'. */
  readonly specifiers: readonly string[];
  /** The project's own files among them. */
  readonly imports: readonly string[];
}

const sources = [...filesIn('src'), ...filesIn('commands')].map(read);

function filesIn(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const specifiers = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
  const imports = specifiers
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(ROOT, join(ROOT, dirname(path), specifier)));
  return { path, text, specifiers, imports };
}

function inside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function isCompositionRoot(path: string): boolean {
  return COMPOSITION_ROOTS.some((root) => inside(path, root));
}

/** Why `from` may not import `to`, or null. */
function objection(from: string, to: string): string | null {
  if (isCompositionRoot(from)) return null;
  if (isCompositionRoot(to)) return 'nothing imports a composition root';
  const [lower, upper] = [to, from].map((path) => LAYERS.findIndex((layer) => inside(path, layer)));
  if (upper === -1) return 'it lies in no layer of the house';
  if (lower === -1) return 'what it imports lies in no layer of the house';
  if (lower! > upper!) return `${LAYERS[upper!]!} lies below ${LAYERS[lower!]!}`;
  const exception = EXCEPTIONS.find((rule) => inside(from, rule.from) && !rule.may(to));
  return exception?.because ?? null;
}

/** The first cycle found from `path` on, or null. */
function findCycle(path: string, edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...trail, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return null;
  };
  return visit(path, []);
}

describe('the house', () => {
  it('has files', () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  it('imports down its layers only', () => {
    const objections = sources.flatMap(({ path, imports }) =>
      imports.flatMap((to) => {
        const reason = objection(path, to);
        return reason === null ? [] : [`${path} imports ${to}: ${reason}`];
      }),
    );
    expect(objections).toEqual([]);
  });

  it('would notice an import that points up', () => {
    expect(objection('src/importers/index.ts', 'src/engines/onnx.ts')).toContain('lies below');
    expect(objection('src/dream/dream.ts', 'src/engines/onnx.ts')).toContain('interface');
    expect(objection('src/dream/dream.ts', 'src/engines/engine.ts')).toBeNull();
    expect(objection('src/platforms/web/index.ts', 'src/dream/dream.ts')).toContain('carry');
    expect(objection('commands/dream.ts', 'src/platforms/discord/index.ts')).toContain('below');
    expect(objection('src/studio/render.ts', 'src/cli/job.ts')).toContain('composition root');
  });

  it('has no import cycles', () => {
    const edges = new Map(sources.map(({ path, imports }) => [path, imports]));
    const cycles = sources.map(({ path }) => findCycle(path, edges)).filter((cycle) => cycle);
    expect(cycles.map((cycle) => cycle!.join(' → '))).toEqual([]);
    const circle = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]);
    expect(findCycle('a', circle)).toEqual(['b', 'c', 'b']);
  });

  it('names chat platforms in src/platforms and src/main.ts alone', () => {
    const named = sources
      .filter(({ path }) => !inside(path, 'src/platforms') && path !== 'src/main.ts')
      .filter(({ text }) => /discord\.js|@discordjs\/|@slack\//.test(text));
    expect(named.map(({ path }) => path)).toEqual([]);
  });

  it('reads the environment in src/main.ts and the command line alone', () => {
    const readers = sources
      .filter(({ path }) => !isCompositionRoot(path))
      .filter(({ text }) => /process\s*\.\s*env\b|loadEnvFile/.test(text));
    expect(readers.map(({ path }) => path)).toEqual([]);
  });
});

it("test files that put something in a module's place run alone", () => {
  const mocking = filesIn('test').filter((path) =>
    /\bvi\.(do)?mock\(/i.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  expect(mocking.length).toBeGreaterThan(0);
  expect(mocking.filter((path) => !ALONE.includes(path))).toEqual([]);
  expect(ALONE.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
