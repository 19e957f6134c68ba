import { useRef, useState } from 'preact/hooks';
import { MOST_TEXT } from '../wire.ts';
import { Failed, newEventId, sendMessage } from './api.ts';
import type { Draft } from './api.ts';
import { useDraftFiles } from './use-draft-files.ts';
import type { DraftFiles, DraftLimits } from './use-draft-files.ts';

export interface Editing {
  readonly line: string;
  readonly files: DraftFiles['files'];
  readonly problem: string | null;
  readonly sending: boolean;
  readonly setLine: (line: string) => void;
  /** @param option that they are for. @default those that are free, then the last */
  readonly attach: (files: readonly File[], option?: string) => void;
  readonly remove: (file: File) => void;
  /** Says what speaks against what the person does. */
  readonly object: (problem: string) => void;
  readonly send: (line?: string) => void;
}

/** The message that is being written. What could not be sent comes back into the line. */
export function useDraft(limits: DraftLimits): Editing {
  const [line, setLine] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [sending, setSending] = useState(0);
  const failed = useRef<Draft | null>(null);
  const beside = useDraftFiles(line, limits);

  const giveBack = ({ text, files }: Draft): void => {
    setLine((now) => (now === '' ? text : now));
    beside.giveBack(files);
  };
  const post = async (draft: Draft): Promise<void> => {
    setSending((count) => count + 1);
    try {
      const { understood } = await sendMessage(draft);
      failed.current = null;
      if (!understood) giveBack(draft);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      failed.current = draft;
      giveBack(draft);
      setProblem([error.message, error.hint].filter(Boolean).join(' '));
    } finally {
      setSending((count) => count - 1);
    }
  };
  return {
    line,
    files: beside.files,
    problem,
    sending: sending > 0,
    setLine(text) {
      setLine(text);
      setProblem(tooLong(text));
    },
    attach(files, option) {
      setProblem(beside.attach(files, option));
    },
    remove(file) {
      setProblem(null);
      beside.remove(file);
    },
    object: setProblem,
    send(given) {
      const text = (given ?? line).trim();
      if (text === '' && beside.files.length === 0) return;
      const objection = tooLong(text);
      if (objection !== null) {
        setProblem(objection);
        return;
      }
      // What has come into the line meanwhile, or stood there beside an example, stays.
      const files = beside.take();
      setLine((now) => (now.trim() === text ? '' : now));
      setProblem(null);
      const again = failed.current;
      const same = again?.text === text && again.files === files;
      void post({ text, files, event: same ? again.event : newEventId() });
    },
  };
}

function tooLong(text: string): string | null {
  if (text.trim().length <= MOST_TEXT) return null;
  return `A line has at most ${MOST_TEXT} characters. Shorten it to send it.`;
}
