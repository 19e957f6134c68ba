import { useContext, useState } from 'preact/hooks';
import type { Field } from '../../../chat/outbound.ts';
import { Icon } from './icons.tsx';
import { CommandCode, Markup, TypeLine } from './markup.tsx';

interface FactsProps {
  readonly fields: readonly Field[];
  /** They are about a picture, which was what was asked for. */
  readonly folded: boolean;
}

/** Names and values; folded up below a summary, with a button to copy a command among them. */
export function Facts({ fields, folded }: FactsProps) {
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
  if (!folded) return <div class="facts">{list}</div>;
  const command = fields.map(({ value }) => commandIn(value)).find((found) => found !== undefined);
  return (
    <details class="facts">
      <summary>{command === undefined ? 'What is on it' : 'How it was made'}</summary>
      {list}
      {command !== undefined && <CopyCommand command={command} />}
    </details>
  );
}

function CopyCommand({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);
  const type = useContext(TypeLine);
  const copy = async (): Promise<void> => {
    // Without https, under another name than localhost, there is no clipboard.
    const { clipboard } = navigator as Partial<Navigator>;
    const written = await clipboard?.writeText(command).then(
      () => true,
      () => false,
    );
    if (written !== true) {
      type(command);
      return;
    }
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
