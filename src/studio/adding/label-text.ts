/** Lists of classes in all the forms in which they come beside networks. */

const MOST_LABELS = 100_000;
const MOST_LETTERS = 200;

/**
 *   one a line, with or without a number before it   `0 cardboard`
 *   a JSON or Python list                            ["cat", "dog"], [{"name": "cat"}]
 *   by number                                        {"0": "cat"}, {0: 'cat'}, {"0": ["n02", "cat"]}
 *   numbers by name                                  {"cat": 0}
 *   within an object                                 labels, classes, class_names, names, id2label
 *
 * @returns null where the text is none of these.
 */
export function parseLabels(text: string): string[] | null {
  const plain = text.replace(/^\uFEFF/, '').trim();
  const labels = /^[[{]/.test(plain) ? fromStructure(plain) : fromLines(plain);
  if (!labels || labels.length === 0 || labels.length > MOST_LABELS) return null;
  const clean = labels.map((label) => label.replace(/\p{Cc}+/gu, ' ').trim());
  return clean.every((label) => label !== '' && label.length <= MOST_LETTERS) ? clean : null;
}

function fromStructure(text: string): string[] | null {
  try {
    return fromJson(JSON.parse(text), 0);
  } catch {
    return fromPython(text);
  }
}

const FIELDS = ['labels', 'classes', 'class_names', 'classNames', 'names', 'id2label'];

function fromJson(json: unknown, depth: number): string[] | null {
  if (Array.isArray(json)) return every(json.map(nameOf));
  if (typeof json !== 'object' || json === null) return null;
  for (const field of FIELDS) {
    const inner = (json as Record<string, unknown>)[field];
    const labels = typeof inner === 'object' && depth === 0 ? fromJson(inner, 1) : null;
    if (labels) return labels;
  }
  const entries = Object.entries(json);
  const byName = entries.every(([, value]) => typeof value === 'number');
  const pairs = entries.map(([key, value]): [number, string | null] =>
    byName ? [value as number, key] : [/^\d+$/.test(key) ? Number(key) : NaN, nameOf(value)],
  );
  return inOrder(pairs);
}

/** A list or numbers with names, in single quotes. */
function fromPython(text: string): string[] | null {
  const quoted = `'([^'\\\\]*)'|"([^"\\\\]*)"`;
  if (text.startsWith('[')) {
    return [...text.matchAll(new RegExp(quoted, 'g'))].map(([, one, two]) => one ?? two!);
  }
  const pairs = [...text.matchAll(new RegExp(`(\\d+)\\s*:\\s*(?:${quoted})`, 'g'))];
  return inOrder(pairs.map(([, number, one, two]) => [Number(number), one ?? two!]));
}

function fromLines(text: string): string[] | null {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const numbered = lines.map((line) => /^(\d+)\s*[\s:,;]\s*(.+)$/.exec(line));
  const numbers = numbered.map((match) => Number(match?.[1]));
  const first = numbers[0] ?? NaN;
  const counted = first <= 1 && numbers.every((number, index) => number === first + index);
  return counted ? numbered.map((match) => match![2]!) : lines;
}

/** Names by their numbers, which must be 0, 1, 2 … */
function inOrder(pairs: readonly (readonly [number, string | null])[]): string[] | null {
  const sorted = [...pairs].sort(([a], [b]) => a - b);
  if (!sorted.every(([number], index) => number === index)) return null;
  return every(sorted.map(([, name]) => name));
}

/** A class's name: itself, the last of several, or what an object calls it. */
function nameOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const last: unknown = value.at(-1);
    return typeof last === 'string' ? last : null;
  }
  const { name, label } = (value ?? {}) as { name?: unknown; label?: unknown };
  const found = name ?? label;
  return typeof found === 'string' ? found : null;
}

function every(names: readonly (string | null)[]): string[] | null {
  return names.includes(null) ? null : (names as string[]);
}
