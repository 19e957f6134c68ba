/** What is printed: notes on standard error, the result on standard output. */
import type { Evidence } from '../studio/evidence.ts';
import { evidenceWords } from './evidence-words.ts';
import type { Job } from './job.ts';
import type { Settings } from './settings.ts';
import type { Watched } from './watch.ts';

export interface Report {
  /** The file that was written. */
  readonly output: string;
  /** The objective. */
  readonly formula: string;
  readonly notices: readonly string[];
  readonly job: Job;
  readonly watched: Watched;
  /** Of a dream of a class. */
  readonly evidence?: Evidence | undefined;
  /** The file with the difference that a perturbation made. */
  readonly difference?: string | undefined;
}

type Printing = Pick<Settings, 'quiet' | 'json'>;

export function resultTo(stream: NodeJS.WritableStream, report: Report, printing: Printing): void {
  if (printing.json) stream.write(`${JSON.stringify(jsonOf(report))}\n`);
  else if (!printing.quiet) stream.write(`${wordsOf(report)}\n`);
}

function wordsOf({ output, formula, watched, evidence, difference }: Report): string {
  const { image, scores, seconds } = watched;
  const [first, last] = scores.map((score) => score.toPrecision(4));
  const written = `wrote ${output} (${image.columns}×${image.rows}, ${formula} ${first} → ${last}, ${seconds.toFixed(1)} s)`;
  return [
    written,
    ...(difference === undefined ? [] : [`wrote ${difference}`]),
    ...(evidence ? evidenceWords(evidence) : []),
  ].join('\n');
}

function jsonOf({ output, formula, notices, job, watched, evidence, difference }: Report): object {
  const { image, scores } = watched;
  const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
  return {
    output,
    columns: image.columns,
    rows: image.rows,
    model: job.model.name,
    objective: formula,
    recipe: job.recipe,
    engine: job.engine.engine.describe(),
    scores,
    seconds: rounded(watched.seconds),
    gradientSeconds: rounded(watched.gradientSeconds),
    secondsToFirstStep: rounded(watched.secondsToFirstStep),
    notices,
    ...(difference === undefined ? {} : { difference }),
    ...(evidence ? { evidence } : {}),
  };
}
