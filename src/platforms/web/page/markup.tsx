/** The bot's markup as nodes: **bold**, `code`, line breaks and moments. Never HTML. */
import { createContext, Fragment } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';

/** Puts a line where the person types. */
export const TypeLine = createContext<(line: string) => void>(() => undefined);

const MARK = /\*\*([^*]+)\*\*|`([^`]+)`|<t:(\d{1,11})>|\n/g;

export function Markup({ text }: { text: string }) {
  const nodes: ComponentChildren[] = [];
  let end = 0;
  for (const match of text.matchAll(MARK)) {
    nodes.push(text.slice(end, match.index), marked(match));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return <Fragment>{nodes}</Fragment>;
}

function marked([, bold, code, seconds]: RegExpExecArray): ComponentChildren {
  if (bold !== undefined) return <strong>{bold}</strong>;
  if (seconds !== undefined) return <time>{moment(seconds)}</time>;
  if (code === undefined) return <br />;
  return code.startsWith('/') ? <CommandCode line={code} /> : <code>{code}</code>;
}

/** A command in what the bot says can be taken into the line. */
export function CommandCode({ line }: { line: string }) {
  const type = useContext(TypeLine);
  return (
    <button
      type="button"
      class="code"
      title="Type it"
      onClick={() => {
        type(line);
      }}
    >
      <code>{line}</code>
    </button>
  );
}

/** In the time zone of whoever reads it. */
function moment(seconds: string): string {
  const date = new Date(Number(seconds) * 1000);
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** For those who hear it. */
export function plain(text: string): string {
  return text
    .replaceAll('**', '')
    .replaceAll('`', '')
    .replace(/<t:(\d{1,11})>/g, (_, seconds: string) => moment(seconds));
}

/** A command as it was typed, its parts told apart by colour. */
export function CommandLine({ line }: { line: string }) {
  const [command = '', ...rest] = line.split(/(\s+)/);
  return (
    <span class="command-line">
      <b>{command}</b>
      {rest.map((word) => {
        const match = /^([\w-]+[:=])(.+)$/s.exec(word);
        return match ? (
          <Fragment>
            <i>{match[1]}</i>
            {match[2]}
          </Fragment>
        ) : (
          word
        );
      })}
    </span>
  );
}
