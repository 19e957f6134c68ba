import { nearestNames } from '../graph/taps.ts';

/** At most `count` of `names` for what has been typed: those that begin so, that hold it, near ones. */
export function matching(text: string, names: readonly string[], count: number): string[] {
  const wanted = text.toLowerCase();
  const starting = names.filter((name) => name.toLowerCase().startsWith(wanted));
  const holding = names.filter((name) => name.toLowerCase().includes(wanted));
  const found = [...new Set([...starting, ...holding])];
  return (found.length > 0 ? found : nearestNames(text, names, count)).slice(0, count);
}
