/** The network among the files that somebody brings. */
import { importModel } from '../../importers/index.ts';
import type { Beside, Imported } from '../../importers/imported.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Brought } from './brought.ts';
import { networkFile } from './candidates.ts';
import type { Candidate } from './candidates.ts';

export interface Opened {
  readonly candidate: Candidate;
  readonly imported: Imported;
  /** Names of the files that were read for it, from the network's own folder on. */
  readonly read: ReadonlySet<string>;
  readonly notices: readonly string[];
}

/**
 * The first that can be read.
 * @throws DreamError what is wrong with the first, by its name.
 */
export async function openBest(
  brought: Brought,
  candidates: readonly Candidate[],
): Promise<Opened> {
  let problem: Error | undefined;
  const refused: string[] = [];
  for (const candidate of candidates) {
    const read = new Set<string>();
    const { name } = candidate;
    const others = candidates.filter((other) => other !== candidate);
    try {
      const imported = await named(name, async () =>
        importModel(await networkFile(brought, name), besideOf(brought, name, read)),
      );
      const notices = others.length === 0 ? [] : [alsoFound(name, others)];
      return { candidate, imported, read, notices: [...refused, ...notices] };
    } catch (error) {
      if (!(error instanceof DreamError)) throw error;
      problem ??= error;
      refused.push(`Left out: ${error.message}.`);
    }
  }
  throw problem!;
}

/** What goes wrong with a file, with its name. */
export async function named<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DreamError)) throw error;
    const { code, message, hint } = error;
    const words = message.replace(/^the model's file (is|has) /, 'it $1 ');
    throw new DreamError(code, `'${name}': ${words}`, hint, { cause: error });
  }
}

/** @param read takes the names of the files that are read. */
function besideOf(brought: Brought, name: string, read: Set<string>): Beside {
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const names = brought.names
    .filter((each) => each.startsWith(folder) && each !== name)
    .map((each) => each.slice(folder.length));
  return {
    names,
    read: async (path) => {
      const plain = path.replace(/^(\.\/)+/, '');
      if (!names.includes(plain)) throw new Error('there is no such file');
      const bytes = await brought.read(folder + plain);
      read.add(plain);
      return bytes;
    },
  };
}

function alsoFound(name: string, others: readonly Candidate[]): string {
  const list = others.map((other) => other.name).join(', ');
  return `${name} is taken, the largest network here; others: ${list}. Choose with --file.`;
}
