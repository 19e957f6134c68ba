/** What a model makes of the pictures, as a small table. */
import type { ClassShare, Evidence } from '../studio/evidence.ts';

export function evidenceWords(evidence: Evidence): string[] {
  const { place, targets, before, after, views, psnr } = evidence;
  const width = Math.max(...targets.map(({ label }) => label.length));
  const rows = targets.map(
    ({ label, before: first, probability, shifted }) =>
      `  ${label.padEnd(width)}  ${percent(first)} → ${percent(probability)}, ${percent(shifted)} on average over ${views} shifts and scalings`,
  );
  return [
    place
      ? 'the model, on the place in the file as it was saved:'
      : 'the model, on the file as it was saved:',
    ...rows,
    `  before: ${topWords(before)}`,
    `  after:  ${topWords(after)}`,
    ...(psnr === null ? [] : [`  difference to the picture: ${psnr.toFixed(1)} dB`]),
  ];
}

function topWords(top: readonly ClassShare[]): string {
  return top.map(({ label, probability }) => `${label} ${percent(probability)}`).join(', ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
