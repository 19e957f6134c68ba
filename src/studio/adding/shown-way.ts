/** How the program that a network was trained with shows it pictures, where that is known. */
import { shownTitle } from '../shown.ts';
import type { Shown } from '../shown.ts';
import { knownKind } from './known-kinds.ts';
import type { Subject } from './input-way.ts';
import type { Overrides } from './messages.ts';

export interface ShownWay {
  readonly shown: Shown;
  /** In words. */
  readonly title: string;
  /** Why: a sentence without a full stop. */
  readonly evidence: string;
}

/** Null where nobody knows: pictures of the training are not in a network's file. */
export function shownWay(subject: Subject, { shown: said }: Overrides): ShownWay | null {
  if (said) return { shown: said, title: shownTitle(said), evidence: 'you said so' };
  const kind = knownKind(subject);
  const shown = kind?.shown?.(subject);
  return shown ? { shown, title: shownTitle(shown), evidence: `it is ${kind!.title}` } : null;
}
