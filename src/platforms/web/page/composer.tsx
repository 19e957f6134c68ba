/** The line to type in: commands are completed, a picture can be added. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Snapshot, WireMessage } from '../wire.ts';
import { Attached } from './attached.tsx';
import { Icon } from './icons.tsx';
import { PALETTE, Palette, optionId } from './palette.tsx';
import type { Suggestion } from './suggest.ts';
import type { Editing } from './use-draft.ts';
import { useDraft } from './use-draft.ts';
import type { Suggestions } from './use-suggestions.ts';
import { useSuggestions } from './use-suggestions.ts';

export interface ComposerHandle {
  attach(file: File): void;
  /** Puts a line there, for the person to go on. */
  type(line: string): void;
  send(line: string): void;
}

interface ComposerProps {
  readonly handle: RefObject<ComposerHandle | null>;
  readonly about: Omit<Snapshot, 'messages'>;
  readonly messages: readonly WireMessage[];
}

export function Composer({ handle, about, messages }: ComposerProps) {
  const draft = useDraft(about.maxPicture);
  const { line, picture, problem, sending } = draft;
  const input = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const { caret, readCaret, write } = useCaret(input, draft);
  const hasPicture = picture !== null;
  const suggestions = useSuggestions({ line, caret, commands: about.commands, hasPicture });
  const earlier = messages.flatMap(({ author, text }) => (author?.id === about.you.id ? text : []));
  const take = ({ kind, line: taken, caret: at }: Suggestion): void => {
    write(taken, at);
    if (kind === 'attach') files.current?.click();
  };
  const keys = useKeys({ draft, suggestions, take, earlier, write });
  handle.current = {
    attach(file) {
      draft.setPicture(file);
      input.current?.focus();
    },
    type: (text) => {
      write(text, text.length);
    },
    send: (text) => {
      draft.send(text);
    },
  };
  const open = suggestions.items.length > 0;
  return (
    <form
      class="composer"
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
        {picture && (
          <Attached
            file={picture}
            onRemove={() => {
              draft.setPicture(null);
            }}
          />
        )}
        <input
          ref={files}
          type="file"
          accept="image/*"
          hidden
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file) handle.current?.attach(file);
            event.currentTarget.value = '';
          }}
        />
        <button
          type="button"
          class="round"
          aria-label="Add a picture"
          title="Add a picture"
          onClick={() => files.current?.click()}
        >
          <Icon name="picture" />
        </button>
        <input
          ref={input}
          class="input"
          type="text"
          role="combobox"
          aria-label="Message"
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={PALETTE}
          {...(suggestions.active < 0
            ? {}
            : { 'aria-activedescendant': optionId(suggestions.active) })}
          placeholder={hasPicture ? 'Press Enter, or add a command' : 'Type / or drop a picture'}
          maxLength={2000}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="send"
          value={line}
          onInput={(event) => {
            draft.setLine(event.currentTarget.value);
            readCaret();
          }}
          onSelect={readCaret}
          onKeyDown={keys}
        />
        <button
          type="submit"
          class="round send"
          aria-label="Send"
          title="Send"
          disabled={line.trim() === '' && !hasPicture}
          aria-busy={sending}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}

/** Where the caret stands, and lines that are written with a caret of their own. */
function useCaret(input: RefObject<HTMLInputElement | null>, { line, setLine }: Editing) {
  const [caret, setCaret] = useState(0);
  const [wanted, setWanted] = useState<{ line: string; caret: number } | null>(null);
  useLayoutEffect(() => {
    if (wanted?.line !== line) return;
    input.current?.focus();
    input.current?.setSelectionRange(wanted.caret, wanted.caret);
    setWanted(null);
  }, [wanted, line]);
  // Whoever opens the page can type at once, where there is a keyboard.
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) input.current?.focus();
  }, []);
  return {
    caret,
    readCaret() {
      setCaret(input.current?.selectionStart ?? 0);
    },
    write(text: string, at: number) {
      setLine(text);
      setCaret(at);
      setWanted({ line: text, caret: at });
    },
  };
}

interface Keys {
  readonly draft: Editing;
  readonly suggestions: Suggestions;
  readonly take: (suggestion: Suggestion) => void;
  /** Lines that were sent, oldest first. */
  readonly earlier: readonly string[];
  readonly write: (line: string, caret: number) => void;
}

function useKeys({ draft, suggestions, take, earlier, write }: Keys) {
  const recalled = useRef(0);
  const recall = (by: number): boolean => {
    const browsing = recalled.current > 0 && draft.line === earlier.at(-recalled.current);
    if (draft.line !== '' && !browsing) return false;
    const back = Math.min(earlier.length, (browsing ? recalled.current : 0) + by);
    if (back < 0) return false;
    recalled.current = back;
    const line = back === 0 ? '' : (earlier.at(-back) ?? '');
    write(line, line.length);
    return true;
  };
  return (event: KeyboardEvent): void => {
    if (event.isComposing || event.shiftKey) return;
    const { items, active, hint } = suggestions;
    const done = act(event.key);
    if (done) event.preventDefault();

    function act(key: string): boolean {
      if (key === 'Escape' && (items.length > 0 || hint !== undefined)) {
        suggestions.dismiss();
        return true;
      }
      const browsing = recalled.current > 0 && draft.line === earlier.at(-recalled.current);
      if ((key === 'ArrowUp' || key === 'ArrowDown') && (items.length === 0 || browsing)) {
        return recall(key === 'ArrowUp' ? 1 : -1);
      }
      if (key === 'ArrowUp' || key === 'ArrowDown') {
        suggestions.move(key === 'ArrowUp' ? -1 : 1);
        return true;
      }
      const item = items[key === 'Tab' ? Math.max(0, active) : active];
      if (!item || (key !== 'Tab' && key !== 'Enter')) return false;
      take(item);
      return true;
    }
  };
}
