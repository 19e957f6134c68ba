/**
 * Classes in words:
 *
 *   me                      one class, by its label
 *   3                       by its place in the network's output, from 0
 *   me:2,dog:-0.5           several, with weights; a negative weight dreams away from a class
 *   not dog                 anything but that: dog:-1
 */
import { nearestNames } from '../graph/taps.ts';
import { DreamError } from '../kit/errors.ts';

export interface ClassTerm {
  readonly index: number;
  readonly label: string;
  readonly weight: number;
}

const NEAREST = 5;

/**
 * @param labels in the order of the network's output.
 * @throws DreamError 'bad-option' for words of another form, 'unknown-class'
 */
export function parseClasses(text: string, labels: readonly string[]): ClassTerm[] {
  // Labels may hold commas and colons of their own: `tench, Tinca tinca`.
  const whole = text.trim();
  const index = labels.indexOf(whole);
  if (index >= 0) return [{ index, label: whole, weight: 1 }];
  const terms = whole.split(',').map((part) => parseTerm(part.trim(), labels));
  const twice = terms.find(({ index: own }, place) =>
    terms.slice(0, place).some((other) => other.index === own),
  );
  if (!twice) return terms;
  throw new DreamError('bad-option', `the class '${twice.label}' is named twice`);
}

function parseTerm(part: string, labels: readonly string[]): ClassTerm {
  const negative = /^not\s+(.+)$/i.exec(part);
  if (negative) {
    const { weight, ...named } = parseTerm(negative[1]!, labels);
    return { ...named, weight: -weight };
  }
  const weighted = /^(.+):([^:]*)$/.exec(part);
  const weight = weighted ? Number(weighted[2]) : Number.NaN;
  if (weighted && Number.isFinite(weight) && weighted[2]!.trim() !== '') {
    if (weight === 0) throw malformed(part);
    return { ...resolveClass(weighted[1]!.trim(), labels), weight };
  }
  if (part === '') throw malformed(part);
  return { ...resolveClass(part, labels), weight: 1 };
}

/** @throws DreamError 'unknown-class' with the nearest labels */
function resolveClass(name: string, labels: readonly string[]): { index: number; label: string } {
  const index = indexOf(name, labels);
  if (index !== undefined) return { index, label: labels[index]! };
  throw new DreamError(
    'unknown-class',
    `no class is named '${name}'; nearest: ${nearestNames(name, labels, NEAREST).join(', ')}`,
    labels.length > NEAREST ? `The network tells ${labels.length} classes apart.` : undefined,
  );
}

/** By the label, else without regard to case, else by one of its parts, else by its place. */
function indexOf(name: string, labels: readonly string[]): number | undefined {
  const exact = labels.indexOf(name);
  if (exact >= 0) return exact;
  const wanted = name.toLowerCase();
  const found = [
    (label: string) => label === wanted,
    (label: string) => partsOf(label).includes(wanted),
  ].map((matches) => labels.flatMap((label, at) => (matches(label.toLowerCase()) ? [at] : [])));
  const unique = found.find((places) => places.length === 1);
  if (unique) return unique[0];
  return /^\d+$/.test(name) && Number(name) < labels.length ? Number(name) : undefined;
}

/** `0 cardboard` → cardboard; `n01440764 tench, Tinca tinca` → tench, tinca tinca */
function partsOf(label: string): string[] {
  const named = label.replace(/^(\d+|n\d{8})[\s:.-]+/, '');
  return named.split(',').map((part) => part.trim());
}

function malformed(part: string): DreamError {
  return new DreamError(
    'bad-option',
    `expected a class, or a class and a weight that is not 0; got '${part}'`,
    'Examples: me · me:2,dog:-0.5 · not dog',
  );
}
