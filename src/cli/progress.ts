/** How far a dream is: a bar on a terminal, a line for each octave elsewhere. */
import type { Frame } from '../dream/dream.ts';
import type { OctaveSize } from '../dream/octaves.ts';

export interface Progress {
  step(frame: Frame): void;
  /** The model looks at what was found, between two steps or after the last. */
  look(): void;
  /** Call it however the dream ends. */
  end(): void;
}

export interface ProgressOptions {
  readonly sizes: readonly OctaveSize[];
  readonly steps: number;
  /** What is being dreamed: `mixed4`. */
  readonly title: string;
  readonly stream: NodeJS.WriteStream;
}

export const silent: Progress = {
  step: () => undefined,
  look: () => undefined,
  end: () => undefined,
};

export async function showProgress(options: ProgressOptions): Promise<Progress> {
  return options.stream.isTTY ? showBar(options) : showLines(options);
}

async function showBar({ sizes, steps, title, stream }: ProgressOptions): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format:
      '{title} [{bar}] {percentage}% · octave {octave} · step {step} · score {score} · {left}',
    stream,
    barsize: 20,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    gracefulExit: false,
  });
  const started = performance.now();
  let looks = 0;
  const blank = {
    title,
    octave: `0/${sizes.length}`,
    step: `0/${steps}`,
    score: '–',
    left: 'ETA –',
  };
  bar.start(1000, 0, blank);
  // A second Ctrl-C ends the process on the spot: the terminal's cursor comes back all the same.
  const stop = (): void => {
    bar.stop();
  };
  process.once('exit', stop);
  return {
    step(frame) {
      const done = shareDone(sizes, frame);
      const left = ((performance.now() - started) * (1 - done)) / done;
      bar.update(Math.round(1000 * done), {
        octave: `${frame.octave + 1}/${frame.octaves}`,
        step: `${frame.step}/${frame.steps}`,
        score: frame.score.toPrecision(4),
        left: `ETA ${duration(left)}`,
      });
    },
    look() {
      looks += 1;
      bar.update({ left: `look ${looks} at the result` });
    },
    end: () => {
      process.off('exit', stop);
      stop();
    },
  };
}

function showLines({ sizes, title, stream }: ProgressOptions): Progress {
  let last: Frame | undefined;
  const print = (): void => {
    if (!last) return;
    const { rows, columns } = sizes[last.octave]!;
    stream.write(
      `${title}: octave ${last.octave + 1} of ${last.octaves}, ${columns}×${rows}, ${last.step} ${last.step === 1 ? 'step' : 'steps'}, score ${last.score.toPrecision(4)}\n`,
    );
    last = undefined;
  };
  return {
    step(frame) {
      if (last && last.octave !== frame.octave) print();
      last = frame;
      if (frame.step === frame.steps) print();
    },
    look: () => undefined,
    end: print,
  };
}

/** 0 … 1, each step weighing as much as its octave has pixels. */
export function shareDone(sizes: readonly OctaveSize[], frame: Frame): number {
  const pixels = sizes.map(({ rows, columns }) => rows * columns);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
  const before = sum(pixels.slice(0, frame.octave));
  return (before + (pixels[frame.octave]! * frame.step) / frame.steps) / sum(pixels);
}

/** 75 000 → `1:15` */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
