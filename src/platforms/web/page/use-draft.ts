import { useRef, useState } from 'preact/hooks';
import { Failed, newEventId, sendMessage } from './api.ts';
import type { Draft } from './api.ts';
import { linesForFiles, takesFile } from '../file-lines.ts';
import type { Snapshot, WireCommand } from '../wire.ts';

export interface Editing {
  readonly line: string;
  readonly picture: File | null;
  readonly problem: string | null;
  readonly sending: boolean;
  readonly setLine: (line: string) => void;
  readonly setPicture: (picture: File | null) => void;
  readonly send: (line?: string) => void;
}

/** Files that browsers have no type for. */
const MODEL_NAME = /\.(h5|keras|pb|onnx|caffemodel)$/i;

type DraftLimits = Pick<Snapshot, 'commands' | 'maxPicture' | 'maxFile'>;

/** The message that is being written. What could not be sent comes back into the line. */
export function useDraft({ commands, maxPicture, maxFile }: DraftLimits): Editing {
  const [line, setLine] = useState('');
  const [picture, keepPicture] = useState<File | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [sending, setSending] = useState(0);
  const failed = useRef<Draft | null>(null);

  const objectionTo = (file: File): string | null =>
    takesFile(line, commands)
      ? tooLarge(file, maxFile)
      : (noPicture(file, commands) ?? tooLarge(file, maxPicture));
  const setPicture = (file: File | null): void => {
    const objection = file && objectionTo(file);
    setProblem(objection);
    if (objection === null) keepPicture(file);
  };
  const giveBack = ({ text, picture: file }: Draft): void => {
    setLine((now) => (now === '' ? text : now));
    keepPicture((now) => now ?? file);
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
    picture,
    problem,
    sending: sending > 0,
    setLine(text) {
      setLine(text);
      setProblem(null);
    },
    setPicture,
    send(given) {
      const text = (given ?? line).trim();
      if (text === '' && !picture) return;
      const again = failed.current;
      const same = again?.text === text && again.picture === picture;
      const event = same ? again.event : newEventId();
      // What has come into the line meanwhile, or stood there beside an example, stays.
      setLine((now) => (now.trim() === text ? '' : now));
      keepPicture((now) => (now === picture ? null : now));
      setProblem(null);
      void post({ text, picture, event });
    },
  };
}

function noPicture({ type, name }: File, commands: readonly WireCommand[]): string | null {
  // Of some pictures browsers do not know the type.
  if (type === '' ? !MODEL_NAME.test(name) : type.startsWith('image/')) return null;
  const [first] = linesForFiles(commands);
  const hint = first === undefined ? '' : ` If it is a model, type ${first} before you drop it.`;
  return `${name} is not a picture.${hint}`;
}

function tooLarge({ size, name }: File, most: number): string | null {
  if (size <= most) return null;
  return `${name} is larger than ${Math.floor(most / 2 ** 20)} MB. Send a smaller one.`;
}
