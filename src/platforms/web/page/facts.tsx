import { useState } from 'preact/hooks';
import type { Field } from '../../../chat/outbound.ts';
import { Icon } from './icons.tsx';
import { Markup } from './markup.tsx';

/** How a picture was made, folded up; a command among it can be copied. */
export function Facts({ fields }: { fields: readonly Field[] }) {
  const command = fields.map(({ value }) => commandIn(value)).find((found) => found !== undefined);
  return (
    <details class="facts">
      <summary>How it was made</summary>
      <dl>
        {fields.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Markup text={value} />
            </dd>
          </div>
        ))}
      </dl>
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
