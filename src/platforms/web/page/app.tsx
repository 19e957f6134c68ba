/** The chat: a sky with a header, the messages, and a line to type in. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { WireMessage } from '../wire.ts';
import { Announcer } from './announcer.tsx';
import { Composer } from './composer.tsx';
import type { ComposerHandle } from './composer.tsx';
import { Lightbox } from './lightbox.tsx';
import { Log } from './log.tsx';
import { TypeLine } from './markup.tsx';
import { Eye } from './moon.tsx';
import { useChat } from './state.ts';
import { Welcome } from './welcome.tsx';

export function App() {
  const { connected, about, messages, fresh, changed } = useChat();
  const [enlarged, setEnlarged] = useState<WireMessage | null>(null);
  const composer = useRef<ComposerHandle>(null);
  useTitle(messages);
  const type = useCallback((line: string) => composer.current?.type(line), []);
  const send = useCallback((line: string) => composer.current?.send(line), []);
  useSlashKey(type);
  return (
    <div class="chat">
      <Header onCommands={() => type('/')} />
      {!connected && (
        <p class="banner" role="status">
          The connection is lost. Trying again …
        </p>
      )}
      <TypeLine.Provider value={type}>
        {about && (
          <Log messages={messages} you={about.you.id} fresh={fresh} onEnlarge={setEnlarged}>
            {messages.length === 0 && (
              <Welcome about={about} onExample={send} onCommands={() => type('/')} />
            )}
          </Log>
        )}
      </TypeLine.Provider>
      {about && <Composer handle={composer} about={about} messages={messages} />}
      <Announcer messages={messages} changed={changed} />
      {enlarged?.picture && (
        <Lightbox
          picture={enlarged.picture}
          onClose={() => {
            setEnlarged(null);
          }}
        />
      )}
    </div>
  );
}

function Header({ onCommands }: { onCommands: () => void }) {
  return (
    <header class="header">
      <Eye />
      <h1>Dream</h1>
      <button type="button" class="quiet" onClick={onCommands}>
        Commands
      </button>
    </header>
  );
}

/** A tab in the background tells by its title how the dream goes. */
function useTitle(messages: readonly WireMessage[]): void {
  const working = messages.findLast(({ progress }) => progress !== undefined)?.progress;
  const percent = working && working.fraction !== null ? `${percentOf(working.fraction)} · ` : '';
  useEffect(() => {
    document.title = `${working && percent === '' ? '… · ' : percent}Dream`;
  }, [working, percent]);
}

function percentOf(fraction: number): string {
  return `${Math.floor(fraction * 100)} %`;
}

/** A slash, wherever the focus is, begins a command. */
function useSlashKey(type: (line: string) => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { target } = event;
      const typing = target instanceof HTMLElement && target.matches('input, select, textarea');
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      if (event.key !== '/' || modified || (typing && !target.matches('[type=range]'))) return;
      event.preventDefault();
      type('/');
    };
    addEventListener('keydown', pressed);
    return () => {
      removeEventListener('keydown', pressed);
    };
  }, [type]);
}
