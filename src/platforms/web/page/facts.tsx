import { useState } from 'preact/hooks';
import type { Field } from '../../../chat/outbound.ts';
import { Icon } from './icons.tsx';
import { CommandCode, Markup } from './markup.tsx';

interface FactsProps {
  readonly fields: readonly Field[];
  /** What they are about, where they are not what was asked for. */
  readonly summary?: string;
}

/** Names and values; folded up below a summary, with a button to copy a command among them. */
export function Facts({ fields, summary }: FactsProps) {
  const list = (
    <dl>
      {fields.map(({ name, value }) => (
        <div key={name}>
          <dt>{name.startsWith('/') ? <CommandCode line={name} /> : name}</dt>
          <dd>
            <Markup text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
  if (summary === undefined) return <div class="facts">{list}</div>;
  const command = fields.map(({ value }) => commandIn(value)).find((found) => found !== undefined);
  return (
    <details class="facts">
      <summary>{summary}</summary>
      {list}
      {command !== undefined && <CopyCommand command={command} />}
    </details>
  );
}

function CopyCommand({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(command);
    setCopied(true);
    setTimeout(() => {
      setCopied(false);
    }, 2000);
  };
  return (
    <button type="button" class="button small" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} />
      <span aria-live="polite">{copied ? 'Copied' : 'Copy as command'}</span>
    </button>
  );
}

function commandIn(value: string): string | undefined {
  return /^`(\/[^`]+)`$/.exec(value)?.[1];
}
