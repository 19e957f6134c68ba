/** The bot's markup as nodes: **bold**, `code` and line breaks. Never HTML. */
import { Fragment } from 'preact';
import type { ComponentChildren } from 'preact';

const MARK = /\*\*([^*]+)\*\*|`([^`]+)`|\n/g;

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

function marked([, bold, code]: RegExpExecArray): ComponentChildren {
  if (bold !== undefined) return <strong>{bold}</strong>;
  return code === undefined ? <br /> : <code>{code}</code>;
}

/** For those who hear it. */
export function plain(text: string): string {
  return text.replaceAll('**', '').replaceAll('`', '');
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
