/** What the bot says about models that people bring. */
import type { AddedModel } from '../studio/adding/shelf.ts';
import { DreamError } from '../kit/errors.ts';
import type { DreamErrorCode } from '../kit/errors.ts';
import { failureOf, withoutFlags } from '../studio/failure.ts';
import type { Field, Outbound } from './outbound.ts';
import { counted, problemMessage } from './words.ts';

/** Classes that are listed one by one. */
const SHOWN = 20;
const TOP = 5;

const UNKNOWN =
  'not known: dreams of a class tell of the whole and of the middle (`shown:` says it)';

/** Of whoever adds a model, this is told as it is: the model is their own. */
const ABOUT_THE_MODEL: ReadonlySet<DreamErrorCode> = new Set([
  'bad-model',
  'unsupported-op',
  'file-not-found',
]);

export function lookingMessage(name: string): Outbound {
  return {
    text: `**${name}** · looking at the network`,
    progress: { fraction: null, eta: null },
  };
}

export function addedMessage(added: AddedModel): Outbound {
  const { name, description, notices } = added;
  const [label] = description.labels;
  const ways = [
    `\`/dream model:${name}\``,
    ...(label === undefined ? [] : [`\`/dream model:${name} class:${quoted(label)}\``]),
  ];
  return {
    text: [`**${name}** can dream now: ${ways.join(' or ')}`, ...chatNotices(notices)].join('\n'),
    fields: fieldsOf(added),
  };
}

export function refusedMessage(error: unknown): Outbound {
  const own = error instanceof DreamError && ABOUT_THE_MODEL.has(error.code);
  return problemMessage(own ? (withoutFlags(error) as DreamError) : failureOf(error));
}

/** @param names of the models that there are now. */
export function interruptedMessage(name: string, names: readonly string[]): Outbound {
  if (names.includes(name)) {
    return { text: `**${name}** can dream now: \`/models show model:${name}\` says more.` };
  }
  return problemMessage({
    message: `the bot was stopped while it looked at '${name}'; nothing was added`,
    hint: 'Send it again: `/models add`.',
  });
}

function fieldsOf(added: AddedModel): Field[] {
  const { description, format, file, bytes, size, range, shown } = added;
  const { classes, labelsFrom, logit, top } = added;
  const [rows, columns, channels] = size;
  const { labels, layersWorthDreaming, defaultLayer } = description;
  const guess = range.sure ? '' : ' (a guess; `range:` says it otherwise)';
  const more = labels.length > SHOWN ? ` … and ${labels.length - SHOWN} more` : '';
  const shares = top
    .slice(0, TOP)
    .map(({ label, probability }) => `${(100 * probability).toFixed(1)} % ${label}`);
  return [
    {
      name: 'Format',
      value: `${format}: ${file}, ${(bytes / 2 ** 20).toFixed(1)} MB, ${counted(added.layers, 'layer')}`,
    },
    { name: 'Input', value: `${columns}×${rows}, ${channels === 1 ? 'grey' : 'colour'}` },
    { name: 'Range', value: `${range.title}${guess}: ${range.evidence}` },
    { name: 'Shown', value: shown ? `${shown.title}: ${shown.evidence}` : UNKNOWN },
    {
      name: 'Classes',
      value:
        classes === null
          ? 'none'
          : `${[`${classes} (${labelsFrom})`, ...(labels.length > 0 ? [labels.slice(0, SHOWN).join(', ') + more] : [])].join(': ')}\nscored ${logit}`,
    },
    {
      name: 'Layers worth dreaming at',
      value: layersWorthDreaming
        .map((layer) => `\`${layer}\`${layer === defaultLayer ? ' (by itself)' : ''}`)
        .join(' '),
    },
    ...(shares.length === 0
      ? []
      : [{ name: 'What it says of our picture of clouds', value: shares.join(' · ') }]),
  ];
}

/** Those of the command line name its options. */
function chatNotices(notices: readonly string[]): string[] {
  return notices
    .map((notice) => notice.replace(' --labels names a file.', ' `labels:` names them.'))
    .filter((notice) => !notice.includes('--'));
}

function quoted(label: string): string {
  return /\s/.test(label) ? `"${label}"` : label;
}
