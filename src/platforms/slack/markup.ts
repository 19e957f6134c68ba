/** Our text as Slack's mrkdwn, and Slack's text as people meant it. */

/** Nothing in it can become a mention or a link. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** **bold** is *bold* in Slack; `code` is the same. */
export function toMrkdwn(text: string): string {
  return escaped(text).replace(
    /`[^`]+`|\*\*(.+?)\*\*/g,
    (whole: string, bold: string | undefined) => (bold === undefined ? whole : `*${bold}*`),
  );
}

/** Without markup, for notifications and where none is shown. */
export function plain(text: string): string {
  return text.replace(/\*\*(.+?)\*\*|`([^`]+)`/g, '$1$2');
}

/** What was typed: links and entities undone, mentions of people left out. */
export function fromMrkdwn(text: string): string {
  return text
    .replace(/<[@!#][^>]*>/g, ' ')
    .replace(/<([^|>]+)(?:\|([^>]*))?>/g, (_, url: string, label?: string) => label ?? url)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

/** At most so many UTF-16 units, no letter cut in two. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const letter of text) {
    if (kept.length + letter.length >= most) break;
    kept += letter;
  }
  return `${kept}…`;
}
