/** The stream of what changes in the chat, kept open over every interruption. */
import { HEARTBEAT } from '../wire.ts';
import type { Snapshot, WireMessage } from '../wire.ts';

export interface StreamListener {
  snapshot(snapshot: Snapshot): void;
  message(message: WireMessage): void;
  connected(connected: boolean): void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
/** A connection that has been silent for so long is none, whatever the browser thinks of it. */
const SILENCE = 2.5 * HEARTBEAT;
/** Before a tab that nobody looks at lets go of its connection. */
const HIDDEN_WAIT = 5_000;

/**
 * A browser opens six connections to a server at most, over all its tabs: so those that nobody
 * looks at close theirs, all but one, and learn what they missed when they are looked at again.
 */
export function listen(listener: StreamListener): void {
  let source: EventSource | undefined;
  let last = '';
  let wait = FIRST_WAIT;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let heardAt = 0;

  const heard = (): void => {
    heardAt = Date.now();
    clearTimeout(silence);
    silence = setTimeout(() => {
      listener.connected(false);
      open();
    }, SILENCE);
  };
  const received = (event: MessageEvent<string>): unknown => {
    heard();
    last = event.lastEventId;
    wait = FIRST_WAIT;
    listener.connected(true);
    return JSON.parse(event.data);
  };
  const close = (): void => {
    clearTimeout(retry);
    clearTimeout(silence);
    source?.close();
    source = undefined;
  };
  const open = (): void => {
    close();
    heard();
    source = new EventSource(`/api/events?after=${encodeURIComponent(last)}`);
    source.addEventListener('snapshot', (event: MessageEvent<string>) => {
      listener.snapshot(received(event) as Snapshot);
    });
    source.addEventListener('message', (event: MessageEvent<string>) => {
      listener.message(received(event) as WireMessage);
    });
    source.addEventListener('caught-up', received);
    source.addEventListener('heartbeat', heard);
    source.onerror = () => {
      close();
      listener.connected(false);
      retry = setTimeout(open, wait);
      wait = Math.min(2 * wait, LONGEST_WAIT);
    };
  };

  open();
  onVisibility({
    hidden: close,
    visible: () => {
      // A phone that slept has missed its timers, too.
      if (!source || Date.now() - heardAt > SILENCE) open();
    },
  });
}

function onVisibility({ hidden, visible }: { hidden: () => void; visible: () => void }): void {
  let leaving: ReturnType<typeof setTimeout> | undefined;
  let release: (() => void) | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(leaving);
    release?.();
    release = undefined;
    if (document.visibilityState === 'visible') visible();
    else {
      leaving = setTimeout(() => {
        void leaveUnlessChosen(hidden, (chosen) => {
          release = chosen;
        });
      }, HIDDEN_WAIT);
    }
  });
}

/** One hidden tab goes on listening, and shows in its title how a dream goes. */
async function leaveUnlessChosen(
  leave: () => void,
  chosen: (release: () => void) => void,
): Promise<void> {
  // Without https, under another name than localhost, there are no locks.
  const { locks } = navigator as Partial<Navigator>;
  if (!locks) {
    leave();
    return;
  }
  await locks.request('dream-hidden-tab', { ifAvailable: true }, (lock) => {
    if (!lock) {
      leave();
      return undefined;
    }
    return new Promise<void>((resolve) => {
      chosen(resolve);
    });
  });
}
