/** A process and those that it starts, watched from outside: Linux tells all that is needed. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Watched {
  /** Of processor time. */
  readonly seconds: number;
  /** The most that was resident. */
  readonly megabytes: number;
  /** The last argument of its command: what `src/start.js` was to start. */
  readonly program: string;
}

/** Milliseconds between two looks. */
const LOOKS = 10;
/** Of the clock in which Linux counts processor time. */
const TICKS = 100;

export class ProcessTree {
  readonly #found = new Map<number, Watched>();
  readonly #timer: NodeJS.Timeout;

  /** @param root its number; its children that run Node are watched, too. */
  constructor(root: number) {
    this.#timer = setInterval(() => {
      for (const [id, watched] of processesOf(root)) this.#found.set(id, watched);
    }, LOOKS);
  }

  /** Each process as it was last seen, in the order in which they began. */
  stop(): Watched[] {
    clearInterval(this.#timer);
    return [...this.#found.values()];
  }
}

/** A process and its children that run Node, by their numbers, as they are now. */
export function processesOf(root: number): Map<number, Watched> {
  const found = new Map<number, Watched>();
  look(root, found);
  return found;
}

function look(id: number, found: Map<number, Watched>): void {
  try {
    const watched = watchedOf(id);
    if (watched) found.set(id, watched);
    for (const thread of readdirSync(`/proc/${id}/task`)) {
      const children = readFileSync(`/proc/${id}/task/${thread}/children`, 'utf8');
      for (const child of children.trim().split(' ')) if (child !== '') look(Number(child), found);
    }
  } catch {
    // It has ended since, or the system has no /proc.
  }
}

/** Null for what is no Node (esbuild, which bundles the program) and for what is about to end. */
function watchedOf(id: number): Watched | null {
  if (!readFileSync(`/proc/${id}/comm`, 'utf8').startsWith('node')) return null;
  const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  const kilobytes = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) return null;
  const words = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').filter(Boolean);
  return {
    seconds: (Number(user) + Number(system)) / TICKS,
    megabytes: Number(kilobytes) / 1024,
    program: words.at(-1) ?? '',
  };
}
