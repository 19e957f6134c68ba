import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Editing } from './use-draft.ts';

export interface Caret {
  readonly caret: number;
  readonly readCaret: () => void;
  /** Puts a line there, with the caret in it, and the focus. */
  readonly write: (line: string, caret: number) => void;
}

/** Where the caret stands, and lines that are written with a caret of their own. */
export function useCaret(
  input: RefObject<HTMLInputElement | null>,
  { line, setLine }: Editing,
): Caret {
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
