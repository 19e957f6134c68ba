/** The bot's small markup as Discord's, and everything else so that it shows as it was written. */

const MARKUP = /\*\*(.+?)\*\*|`[^`]+`|<t:(\d{1,11})>/gs;

export function markdown(text: string): string {
  let out = '';
  let at = 0;
  for (const match of text.matchAll(MARKUP)) {
    const [whole] = match;
    out += escaped(text.slice(at, match.index)) + marked(match);
    at = match.index + whole.length;
  }
  return out + escaped(text.slice(at));
}

function marked([whole, bold, seconds]: RegExpExecArray): string {
  if (bold !== undefined) return `**${markdown(bold)}**`;
  return seconds === undefined ? whole : `<t:${seconds}:f>`;
}

/** The same, shortened until it fits into `limit` characters. */
export function clippedMarkdown(text: string, limit: number): string {
  let out = markdown(clipped(text, limit));
  for (let length = limit; out.length > limit; length = Math.floor(length * 0.9)) {
    out = markdown(clipped(text, length));
  }
  return out;
}

/** No letter is cut in two, also where somebody else has cut. */
export function clipped(given: string, limit: number): string {
  const text = given.replace(/\p{Surrogate}/gu, '\uFFFD');
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept.trimEnd()}…`;
}

/** Discord takes a backslash before any punctuation. */
function escaped(text: string): string {
  return text
    .replace(/[\\*_~|`<>[\]#@]|:(?=[\w/])/g, '\\$&')
    .replace(/^(\s*)([-+])/gm, '$1\\$2')
    .replace(/^(\s*\d+)\./gm, '$1\\.');
}
