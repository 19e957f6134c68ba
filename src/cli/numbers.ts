/** Numbers as they stand on the command line. */

/** A number in decimal digits; anything else becomes NaN, which no schema takes. */
export function readNumber(text: string): number {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** Numbers with commas between them. */
export function readNumbers(text: string): number[] {
  return text.split(',').map((part) => readNumber(part.trim()));
}

/** Numbers under names; one too many gets a name that no schema knows. */
export function named(
  names: readonly string[],
  numbers: readonly number[],
): Record<string, number> {
  return Object.fromEntries(numbers.map((number, index) => [names[index] ?? 'more', number]));
}
