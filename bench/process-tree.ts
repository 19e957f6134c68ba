/** A process and those that it starts, watched from outside: Linux tells all that is needed. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Watched {
  /** Of processor time. */
  readonly seconds: number;
  /** The most that was resident. */
  readonly megabytes: number;
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
      this.#look(root);
    }, LOOKS);
  }

  /** Each process as it was last seen, in the order in which they began. */
  stop(): Watched[] {
    clearInterval(this.#timer);
    return [...this.#found.values()];
  }

  #look(id: number): void {
    try {
      const watched = watchedOf(id);
      if (watched) this.#found.set(id, watched);
      for (const thread of readdirSync(`/proc/${id}/task`)) {
        const children = readFileSync(`/proc/${id}/task/${thread}/children`, 'utf8');
        for (const child of children.trim().split(' ')) if (child !== '') this.#look(Number(child));
      }
    } catch {
      // It has ended since, or the system has no /proc.
    }
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
  return {
    seconds: (Number(user) + Number(system)) / TICKS,
    megabytes: Number(kilobytes) / 1024,
  };
}
