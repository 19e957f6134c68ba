/** What a model makes of the pictures, as a small table. */
import type { ClassShare, Evidence, OtherView, Target } from '../studio/evidence.ts';
import { viewWords } from '../studio/views.ts';

export function evidenceWords(evidence: Evidence): string[] {
  const { place, targets, before, after, views, others, psnr } = evidence;
  const { view = place ? 'place' : 'whole' } = evidence;
  const width = Math.max(...targets.map(({ label }) => label.length));
  const rows = targets.map(
    ({ label, before: first, probability, shifted }) =>
      `  ${label.padEnd(width)}  ${percent(first)} → ${percent(probability)}, ${percent(shifted)} on average over ${views} shifts and scalings`,
  );
  return [
    `the model, on the file as it was saved, ${viewWords(view, evidence)}:`,
    ...rows,
    ...resizedWords(targets),
    `  before: ${topWords(before)}`,
    `  after:  ${topWords(after)}`,
    ...others.map(
      ({ view: other, targets: seen }) =>
        `  ${viewWords(other, evidence)}: ${seen.map(moved).join(', ')}`,
    ),
    ...(psnr === null ? [] : [`  difference to the picture: ${psnr.toFixed(1)} dB`]),
  ];
}

function resizedWords(targets: readonly Target[]): string[] {
  const found = targets.flatMap(({ label, weight, resized }) =>
    resized === undefined
      ? []
      : [`${label} ${percent(resized)} at ${weight < 0 ? 'most' : 'least'}`],
  );
  return found.length === 0 ? [] : [`  resized as other programs do: ${found.join(', ')}`];
}

function moved({ label, before, probability }: OtherView['targets'][number]): string {
  return `${label} ${percent(before)} → ${percent(probability)}`;
}

function topWords(top: readonly ClassShare[]): string {
  return top.map(({ label, probability }) => `${label} ${percent(probability)}`).join(', ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
