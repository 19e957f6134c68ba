/** Our text as Slack's mrkdwn, and Slack's text as people meant it. */

/** Nothing in it can become a mention or a link. */
export function escaped(text: string): string {
  return whole(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Half of a letter cannot be sent: Slack's client throws. */
function whole(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** **bold** is *bold* in Slack; `code` is the same; a moment is shown in each reader's time zone. */
export function toMrkdwn(text: string): string {
  return escaped(text).replace(
    /`[^`]+`|&lt;t:(\d{1,11})&gt;|\*\*(.+?)\*\*/g,
    (found: string, seconds: string | undefined, bold: string | undefined) => {
      if (seconds !== undefined) return moment(seconds);
      return bold === undefined
        ? found
        : `*${bold.replace(MOMENT, (_, at: string) => moment(at))}*`;
    },
  );
}

const MOMENT = /&lt;t:(\d{1,11})&gt;/g;

function moment(seconds: string): string {
  return `<!date^${seconds}^{date_short_pretty} {time}|${spoken(seconds)}>`;
}

/** Where nobody can tell whose time zone it will be. */
function spoken(seconds: string): string {
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Without markup, for notifications and where none is shown. */
export function plain(text: string): string {
  return text
    .replace(/\*\*(.+?)\*\*|`([^`]+)`/g, '$1$2')
    .replace(/<t:(\d{1,11})>/g, (_, seconds: string) => spoken(seconds));
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

/** At most so many UTF-16 units, no letter cut in two, also where somebody else has cut. */
export function clipped(given: string, most: number): string {
  const text = whole(given);
  if (text.length <= most) return text;
  let kept = '';
  for (const letter of text) {
    if (kept.length + letter.length >= most) break;
    kept += letter;
  }
  return `${kept}…`;
}
