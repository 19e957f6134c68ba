/** The line to type in: commands are completed, pictures can be added. */
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { lineFor } from '../file-lines.ts';
import type { Snapshot, WireMessage } from '../wire.ts';
import { DropZone } from './drop-zone.tsx';
import { FileField, useFileChooser } from './file-field.tsx';
import { Icon } from './icons.tsx';
import { PALETTE, Palette, optionId } from './palette.tsx';
import type { Suggestion } from './suggest.ts';
import type { Caret } from './use-caret.ts';
import { useCaret } from './use-caret.ts';
import type { Editing } from './use-draft.ts';
import { useDraft } from './use-draft.ts';
import { useKeys } from './use-keys.ts';
import type { Suggestions } from './use-suggestions.ts';
import { useSuggestions } from './use-suggestions.ts';

export interface ComposerHandle {
  /** Puts a line there, for the person to go on. */
  readonly type: (line: string) => void;
  readonly send: (line: string) => void;
}

interface ComposerProps {
  readonly handle: RefObject<ComposerHandle | null>;
  readonly about: Omit<Snapshot, 'messages'>;
  readonly messages: readonly WireMessage[];
}

export function Composer({ handle, about, messages }: ComposerProps) {
  const draft = useDraft(about);
  const { line, problem } = draft;
  const input = useRef<HTMLInputElement>(null);
  const caret = useCaret(input, draft);
  const suggestions = useSuggestions({
    line,
    caret: caret.caret,
    commands: about.commands,
    attached: draft.files.map(({ option }) => option),
  });
  const attach = (given: readonly File[], option?: string): void => {
    draft.attach(given, option);
    input.current?.focus();
  };
  const chooser = useFileChooser(attach);
  const take = ({ kind, label, line: taken, caret: at }: Suggestion): void => {
    caret.write(taken, at);
    if (kind === 'attach') chooser.open(label);
  };
  const earlier = linesOf(messages, about.you.id);
  const onKeyDown = useKeys({ draft, suggestions, take, earlier, write: caret.write });
  handle.current = {
    type: (text) => {
      caret.write(text, text.length);
    },
    send: draft.send,
  };
  return (
    <>
      <DropZone command={lineFor(line, about.commands)} onFiles={attach} onProblem={draft.object} />
      <form
        class="composer"
        aria-label="Write a message"
        onSubmit={(event) => {
          event.preventDefault();
          draft.send();
          input.current?.focus();
        }}
      >
        <Palette suggestions={suggestions} onTake={take} />
        {problem !== null && (
          <p class="refused" role="alert">
            <Icon name="problem" />
            {problem}
          </p>
        )}
        <div class="line">
          <FileField {...{ draft, chooser, input, commands: about.commands }} />
          <TextField {...{ input, draft, caret, suggestions, onKeyDown }} />
          <SendButton
            disabled={line.trim() === '' && draft.files.length === 0}
            busy={draft.sending}
          />
        </div>
      </form>
    </>
  );
}

function linesOf(messages: readonly WireMessage[], person: string): string[] {
  return messages.flatMap(({ author, text }) => (author?.id === person && text ? text : []));
}

function SendButton({ disabled, busy }: { disabled: boolean; busy: boolean }) {
  return (
    <button
      type="submit"
      class="round send"
      aria-label="Send"
      title="Send"
      disabled={disabled}
      aria-busy={busy}
    >
      <Icon name="send" />
    </button>
  );
}

interface TextFieldProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly draft: Editing;
  readonly caret: Caret;
  readonly suggestions: Suggestions;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

function TextField({ input, draft, caret, suggestions, onKeyDown }: TextFieldProps) {
  const { items, active } = suggestions;
  return (
    <input
      ref={input}
      class="input"
      type="text"
      dir="auto"
      role="combobox"
      aria-label="Message"
      aria-autocomplete="list"
      aria-expanded={items.length > 0}
      aria-controls={PALETTE}
      {...(active < 0 ? {} : { 'aria-activedescendant': optionId(active) })}
      placeholder={draft.files.length > 0 ? 'Send it, or add a command' : 'Type / or add a picture'}
      autocomplete="off"
      autocapitalize="off"
      spellcheck={false}
      enterkeyhint="send"
      value={draft.line}
      onInput={({ currentTarget }) => {
        draft.setLine(currentTarget.value);
        caret.readCaret();
      }}
      onSelect={caret.readCaret}
      onKeyDown={onKeyDown}
    />
  );
}
