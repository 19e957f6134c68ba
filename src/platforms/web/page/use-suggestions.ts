import { useEffect, useState } from 'preact/hooks';
import type { WireCommand } from '../wire.ts';
import { complete } from './api.ts';
import { advise } from './suggest.ts';
import type { Suggestion } from './suggest.ts';

/** Before the server is asked, so that not every key is a question. */
const PAUSE_MS = 80;

export interface Suggestions {
  readonly items: readonly Suggestion[];
  readonly hint: string | undefined;
  /** Index of the one that Enter takes; -1 where Enter sends. */
  readonly active: number;
  readonly move: (by: number) => void;
  readonly point: (index: number) => void;
  /** Until the line changes. */
  readonly dismiss: () => void;
}

interface Typed {
  readonly line: string;
  readonly caret: number;
  readonly commands: readonly WireCommand[];
  /** Options that there is a file for. */
  readonly attached: readonly string[];
}

export function useSuggestions({ line, caret, commands, attached }: Typed): Suggestions {
  const advice = advise(line, caret, commands, attached);
  const answers = useAnswers(advice.question);
  const [chosen, setChosen] = useState<{ line: string; index: number } | null>(null);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const items =
    dismissed === line ? [] : [...advice.items, ...advice.answered(advice.question ? answers : [])];
  const byDefault = advice.eager && items.length > 0 ? 0 : -1;
  const active = chosen?.line === line ? Math.min(chosen.index, items.length - 1) : byDefault;
  return {
    items,
    hint: dismissed === line ? undefined : advice.hint,
    active,
    move(by) {
      // Above the first there is none: Enter sends the line as it stands.
      const count = items.length + 1;
      setChosen({ line, index: ((active + 1 + by + count) % count) - 1 });
    },
    point(index) {
      setChosen({ line, index });
    },
    dismiss() {
      setDismissed(line);
    },
  };
}

/** What the server knows for an option; the last answer stays until the next one is there. */
function useAnswers(question: Parameters<typeof complete>[0] | undefined): readonly string[] {
  const [answers, setAnswers] = useState<{ option: string; values: readonly string[] }>();
  const asked = question && JSON.stringify(question);
  useEffect(() => {
    if (!question) {
      setAnswers(undefined);
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => {
      void complete(question, signal).then((values) => {
        if (!signal.aborted) setAnswers({ option: question.option, values });
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [asked]);
  return answers && answers.option === question?.option ? answers.values : [];
}
