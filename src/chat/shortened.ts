/** At most so many UTF-16 units from the beginning, no letter cut in two. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}
