import { useEffect, useRef } from 'preact/hooks';
import type { Suggestion } from './suggest.ts';
import type { Suggestions } from './use-suggestions.ts';

export const PALETTE = 'suggestions';

export function optionId(index: number): string {
  return `suggestion-${index}`;
}

interface PaletteProps {
  readonly suggestions: Suggestions;
  readonly onTake: (suggestion: Suggestion) => void;
}

/** What could come next, above the line that is being typed. */
export function Palette({ suggestions: { items, hint, active, point }, onTake }: PaletteProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  if (items.length === 0 && hint === undefined) return null;
  return (
    <div class="palette">
      {hint !== undefined && <p class="hint">{hint}</p>}
      <ul id={PALETTE} ref={list} role="listbox" aria-label="Suggestions">
        {items.map((item, index) => (
          <li
            key={`${item.kind} ${item.label}`}
            id={optionId(index)}
            role="option"
            aria-selected={index === active}
            class={item.kind}
            onPointerMove={() => {
              if (index !== active) point(index);
            }}
            // The focus stays in the line.
            onPointerDown={(event) => {
              event.preventDefault();
            }}
            onClick={() => {
              onTake(item);
            }}
          >
            <b>{item.label}</b>
            <span>{item.detail}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
