import { useEffect, useRef, useState } from 'preact/hooks';
import type { Progress } from '../../../chat/outbound.ts';
import { Moon } from './moon.tsx';
import { timeLeft } from './times.ts';

export function ProgressBar({ progress: { fraction, eta } }: { readonly progress: Progress }) {
  const left = useCountdown(eta);
  const percent = fraction === null ? null : Math.floor(fraction * 100);
  const done = percent === null ? 'Waiting' : `${percent} %`;
  const rest = left === null ? '' : timeLeft(left);
  return (
    <div class="progress">
      <div
        class={fraction === null ? 'track waits' : 'track'}
        role="progressbar"
        aria-label="How far the dream is"
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { 'aria-valuenow': percent })}
        aria-valuetext={[done, rest].filter(Boolean).join(', ')}
      >
        <div class="fill" style={{ transform: `scaleX(${fraction ?? 1})` }} />
      </div>
      <p class="figures" aria-hidden="true">
        <span>{done}</span>
        <span>{rest}</span>
      </p>
    </div>
  );
}

/** Where the picture will be: a night, and the moon that shows how far the work is. */
export function Waiting({ fraction }: { fraction: number | null }) {
  return (
    <div class="waiting" aria-hidden="true">
      <Moon fraction={fraction} />
    </div>
  );
}

/** Seconds to go, counted down between what the server says. */
function useCountdown(eta: number | null): number | null {
  const told = useRef({ eta, at: Date.now() });
  const [, tick] = useState(0);
  if (told.current.eta !== eta) told.current = { eta, at: Date.now() };
  useEffect(() => {
    const timer = setInterval(() => {
      tick((count) => count + 1);
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return eta === null ? null : Math.max(0, eta - (Date.now() - told.current.at) / 1000);
}
