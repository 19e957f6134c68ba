/** p-queue's slots, filled in fair order. */
import PQueue from 'p-queue';
import type { Queue, QueueAddOptions } from 'p-queue';
import { FairLine } from './fair-line.ts';

export interface Place {
  readonly id: string;
  readonly person: string;
  readonly sequence: number;
}

type Run = () => Promise<unknown>;
type Options = QueueAddOptions & { readonly place?: Place };

export interface FairQueue {
  /** `run` must not fail: it sees to its failures itself. */
  add(place: Place, run: () => Promise<void>): void;
  /** False where it does not wait any more. */
  remove(id: string): boolean;
  /** Ids in the order in which they will be taken. */
  waiting(): string[];
  pause(): void;
  start(): void;
  /** Resolves when nothing runs; what waits stays. */
  settled(): Promise<void>;
}

/** It begins when `start` is called. */
export function fairQueue(concurrency: number): FairQueue {
  const line = new FairLine<Run>();
  class Line implements Queue<Run, Options> {
    get size(): number {
      return line.size;
    }
    enqueue(item: Run, { place }: Partial<Options> = {}): void {
      if (!place) throw new Error('expected the place of a run');
      line.add({ ...place, item });
    }
    dequeue(): Run | undefined {
      return line.next()?.item;
    }
    filter(): Run[] {
      return line.list().map(({ item }) => item);
    }
    setPriority(): void {
      throw new Error('runs of a fair queue have no priorities');
    }
  }
  const queue = new PQueue<Line, Options>({ concurrency, queueClass: Line, autoStart: false });
  return {
    add: (place, run) => void queue.add(run, { place }),
    remove: (id) => line.remove(id),
    waiting: () => line.list().map(({ id }) => id),
    pause: () => {
      queue.pause();
    },
    start: () => void queue.start(),
    settled: () => queue.onPendingZero(),
  };
}
