import { useRef } from 'preact/hooks';
import type { Suggestion } from './suggest.ts';
import type { Editing } from './use-draft.ts';
import type { Suggestions } from './use-suggestions.ts';

interface Keys {
  readonly draft: Editing;
  readonly suggestions: Suggestions;
  readonly take: (suggestion: Suggestion) => void;
  /** Lines that were sent, oldest first. */
  readonly earlier: readonly string[];
  readonly write: (line: string, caret: number) => void;
}

/** Enter, Tab, Escape and the arrows, in the line: suggestions first, then earlier lines. */
export function useKeys({ draft, suggestions, take, earlier, write }: Keys) {
  // How many lines back the one in the line is; 0 for one that is new.
  const recalled = useRef(0);
  const isRecalled = (): boolean =>
    recalled.current > 0 && draft.line === earlier.at(-recalled.current);

  const recall = (by: number): boolean => {
    const back = (isRecalled() ? recalled.current : 0) + by;
    if ((draft.line !== '' && !isRecalled()) || back < 0 || back > earlier.length) return false;
    recalled.current = back;
    const line = back === 0 ? '' : earlier.at(-back)!;
    write(line, line.length);
    return true;
  };
  const act = (key: string): boolean => {
    const { items, active, hint } = suggestions;
    const chosen = items[key === 'Tab' ? Math.max(0, active) : active];
    switch (key) {
      case 'Escape':
        suggestions.dismiss();
        return items.length > 0 || hint !== undefined;
      case 'ArrowUp':
      case 'ArrowDown': {
        const up = key === 'ArrowUp';
        if (items.length === 0 || isRecalled()) return recall(up ? 1 : -1);
        suggestions.move(up ? -1 : 1);
        return true;
      }
      case 'Tab':
      case 'Enter':
        if (chosen) take(chosen);
        return chosen !== undefined;
      default:
        return false;
    }
  };
  return (event: KeyboardEvent): void => {
    const modified = event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;
    if (!event.isComposing && !modified && act(event.key)) event.preventDefault();
  };
}
