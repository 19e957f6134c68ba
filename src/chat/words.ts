/** What the bot says about orders. */
import type { DreamError, DreamErrorCode } from '../kit/errors.ts';
import type { ClassShare, Evidence, Target } from '../studio/evidence.ts';
import type { Order, OrderFailure, OrderUpdate } from '../studio/order.ts';
import { viewWords } from '../studio/views.ts';
import { commandFor } from './command-text.ts';
import type { Button, Field, Outbound } from './outbound.ts';
import { keptPicture, previewPicture } from './picture-file.ts';

/** What may go well another time, with nothing changed. */
const PASSING: ReadonlySet<DreamErrorCode> = new Set([
  'engine-failed',
  'render-crashed',
  'fetch-failed',
  'internal',
]);

/** Which of the buttons keep to it, nobody would know otherwise. */
const MASKED = 'where it was white; Again and Other layer keep to it, Deeper and Zoom in do not';

/** Of an order that is under way. */
export function progressMessage(order: Order, update: OrderUpdate): Outbound {
  const buttons = [button('cancel', order, 'Cancel', 'danger')];
  switch (update.state) {
    case 'queued': {
      const { ahead, eta } = update;
      return {
        text: `**${titleOf(order)}** · ${placeInLine(ahead)}`,
        progress: { fraction: null, eta },
        buttons,
      };
    }
    case 'rendering': {
      const { fraction, eta, octave, octaves, preview } = update;
      // Before the first step nobody knows how many there will be.
      const stage = octave === 0 ? 'getting ready' : `octave ${octave} of ${octaves}`;
      const text = `**${titleOf(order)}** · ${stage}`;
      const picture = preview && { picture: previewPicture(order, preview) };
      return { text, progress: { fraction, eta }, buttons, ...picture };
    }
    default:
      return { text: `**${titleOf(order)}** · fetching the picture`, buttons };
  }
}

/** @param ahead dreams that come before it */
export function placeInLine(ahead: number): string {
  return ahead === 0 ? 'next in line' : `${counted(ahead, 'dream')} before it`;
}

/**
 * What an order came to: the picture, or why there is none.
 * @param canEnter a contest of the place takes dreams.
 */
export function finalMessage(
  order: Order,
  result: () => Promise<Uint8Array>,
  canEnter = false,
): Outbound {
  if (order.failure) {
    const again = PASSING.has(order.failure.code);
    return { ...failureMessage(order.failure), buttons: again ? retryButtons(order) : [] };
  }
  if (!order.result) {
    return { text: `**${titleOf(order)}** was cancelled.`, buttons: retryButtons(order) };
  }
  const { notices } = order.result;
  const sheet = order.job.kind === 'sheet';
  return {
    text: [`**${titleOf(order)}**`, ...groundWords(order, canEnter), ...notices].join('\n'),
    picture: keptPicture(order, result),
    fields: fieldsOf(order),
    buttons: sheet
      ? []
      : [...resultButtons(order), ...(canEnter ? [button('enter', order, 'Enter contest')] : [])],
  };
}

/** Who attached nothing learns what the dream is on; in a contest all may begin with the clouds. */
function groundWords({ job, source }: Order, inContest: boolean): string[] {
  if (source.from !== 'clouds' || job.recipe.from === 'noise') return [];
  const clouds = 'On the clouds that come with the bot';
  return [inContest ? `${clouds}.` : `${clouds}: attach a picture to dream on yours.`];
}

export function problemMessage({ message, hint }: Pick<DreamError, 'message' | 'hint'>): Outbound {
  return failureMessage({ message, ...(hint === undefined ? {} : { hint }) });
}

function failureMessage({ message, hint }: Pick<OrderFailure, 'message' | 'hint'>): Outbound {
  // What is named first, as in 'size: expected …', is written as it is typed.
  const named = /^[a-z_]+: /.test(message);
  const sentence = named ? message : `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  const ended = /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
  return { text: hint === undefined ? ended : `${ended}\n${hint}`, tone: 'problem' };
}

export function titleOf({ job }: Order): string {
  if (job.kind === 'sheet') return `Layers of ${job.model}`;
  return `Dream of ${job.recipe.class ?? job.recipe.layer}`;
}

function resultButtons(order: Order): Button[] {
  return [
    button('deeper', order, 'Deeper', 'main'),
    // The smallest change is the same with every seed, and not to be seen.
    isSmallestChange(order)
      ? button('difference', order, 'Difference')
      : button('again', order, 'Again'),
    button('layer', order, 'Other layer'),
    button('zoom', order, 'Zoom in'),
  ];
}

function isSmallestChange({ job: { recipe } }: Order): boolean {
  return recipe.class !== undefined && (recipe.perturb === true || recipe.strength === 0);
}

function retryButtons(order: Order): Button[] {
  return order.job.kind === 'sheet' ? [] : [button('again', order, 'Try again')];
}

function button(name: string, { id }: Order, label: string, style?: Button['style']): Button {
  return { action: `${name}:${id}`, label, ...(style ? { style } : {}) };
}

function fieldsOf(order: Order): Field[] {
  const { job, result } = order;
  const { rows, columns, formula, engine, seconds } = result!;
  const { octaves, octaveScale, steps, stepSize, seed } = job.recipe;
  const recipe = [
    `${octaves === undefined ? 'octaves as fit' : counted(octaves, 'octave')}, each ${octaveScale}× larger`,
    `${steps} steps of ${stepSize}`,
    `seed ${seed}`,
  ];
  return [
    { name: 'What grew', value: `${formula} of ${job.model}` },
    ...evidenceFields(result!.evidence),
    { name: 'Recipe', value: recipe.join(' · ') },
    { name: 'Picture', value: `${columns}×${rows} · ${duration(seconds)} · ${engine}` },
    ...(order.mask ? [{ name: 'Mask', value: MASKED }] : []),
    ...(job.kind === 'dream' ? [{ name: 'Command', value: `\`${commandFor(job)}\`` }] : []),
  ];
}

/** What the model makes of the picture as it was saved, and before. */
function evidenceFields(evidence: Evidence | undefined): Field[] {
  if (!evidence) return [];
  const { place, targets, before, after, views, others } = evidence;
  const { view = place ? 'place' : 'whole' } = evidence;
  const shares = (classes: readonly ClassShare[]): string =>
    classes.map(({ label, probability }) => `${label} ${percent(probability)}`).join(' · ');
  const seen = targets.map(
    ({ label, before: first, probability, shifted, ...more }) =>
      `${label}: ${percent(first)} → ${percent(probability)}, ${percent(shifted)} over ${views} shifts and scalings${resizedWords(more)}`,
  );
  const elsewhere = others.map(({ view: other, targets: there }) => {
    const changes = there.map((each) => `${percent(each.before)} → ${percent(each.probability)}`);
    return `${viewWords(other, evidence)}: ${changes.join(', ')}`;
  });
  const shown = `Shown ${viewWords(view, evidence)}.`;
  return [
    { name: 'The model says', value: [...seen, shown, ...elsewhere].join('\n') },
    { name: 'Top classes', value: `before: ${shares(before)}\nafter: ${shares(after)}` },
  ];
}

function resizedWords({ weight, resized }: Pick<Target, 'weight' | 'resized'>): string {
  if (resized === undefined) return '';
  return `, ${percent(resized)} at ${weight < 0 ? 'most' : 'least'} if resized as other programs do`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

export function counted(count: number, noun: string, several = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : several}`;
}

/** Seconds as people say them: 40 s, 3 min, 1 h 20 min. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
