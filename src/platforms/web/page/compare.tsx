/** A picture over what it was before, with a line between them that can be moved. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WirePicture } from '../wire.ts';
import { Icon } from './icons.tsx';

/** Percent of the width that shows what was before. */
const AT_REST = 22;
/** Pixels that a finger may slip while it taps. */
const SLIP = 6;
const REVEAL_MS = 1600;

interface CompareProps {
  readonly picture: WirePicture;
  /** It has just been finished: it is drawn over the old one before the eyes of the person. */
  readonly fresh?: boolean;
  /** Percent at the beginning. */
  readonly initial?: number;
  readonly onTap?: () => void;
  /** The picture itself cannot be had. */
  readonly onMissing?: () => void;
}

export function Compare(props: CompareProps) {
  const { picture, fresh = false, initial = AT_REST, onTap, onMissing } = props;
  const { source, alt } = picture;
  const [missing, setMissing] = useState<string>();
  const before = missing === picture.before ? undefined : picture.before;
  const [split, setSplit] = useReveal(fresh && before !== undefined, initial);
  const drag = useDrag(setSplit, onTap);
  if (before === undefined) {
    return (
      <img
        class="single"
        src={source}
        alt={alt}
        onClick={onTap}
        onError={onMissing}
        draggable={false}
      />
    );
  }
  return (
    <div class="compare" style={{ '--split': `${split}%` }} {...drag}>
      <img src={source} alt={alt} onError={onMissing} draggable={false} />
      <span class="tag tag-after" aria-hidden="true">
        Dream
      </span>
      <div class="before">
        <img
          src={before}
          alt=""
          onError={() => {
            setMissing(before);
          }}
          draggable={false}
        />
        <span class="tag tag-before" aria-hidden="true">
          Before
        </span>
      </div>
      <input
        type="range"
        min={0}
        max={100}
        step={1}
        value={split}
        aria-label="Before and after"
        aria-valuetext={`${Math.round(split)} percent before, ${100 - Math.round(split)} percent dream`}
        onInput={(event) => {
          setSplit(Number(event.currentTarget.value));
        }}
      />
      <span class="divider" aria-hidden="true" />
      <span class="grip" aria-hidden="true">
        <Icon name="grip" />
      </span>
    </div>
  );
}

/** Where the line is; it sweeps over a picture that is new. */
function useReveal(reveal: boolean, rest: number): [number, (split: number) => void] {
  const [split, setSplit] = useState(reveal ? 100 : rest);
  const frame = useRef(0);
  useEffect(() => {
    if (!reveal) return;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      setSplit(rest);
      return;
    }
    const begin = performance.now();
    const step = (now: number): void => {
      const time = Math.min(1, (now - begin) / REVEAL_MS);
      setSplit(100 - (100 - rest) * (1 - (1 - time) ** 3));
      if (time < 1) frame.current = requestAnimationFrame(step);
    };
    frame.current = requestAnimationFrame(step);
    return () => {
      cancelAnimationFrame(frame.current);
    };
  }, [reveal]);
  return [
    split,
    (to) => {
      cancelAnimationFrame(frame.current);
      setSplit(Math.min(100, Math.max(0, to)));
    },
  ];
}

/** Moves the line with a pointer; a touch that does not move is a tap. */
function useDrag(setSplit: (split: number) => void, onTap?: () => void) {
  const start = useRef<{ x: number; moved: boolean } | null>(null);
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button === 0) start.current = { x: event.clientX, moved: false };
    },
    onPointerMove(event: PointerEvent) {
      const area = event.currentTarget as HTMLElement;
      if (!start.current) return;
      if (!start.current.moved && Math.abs(event.clientX - start.current.x) < SLIP) return;
      if (!start.current.moved) area.setPointerCapture(event.pointerId);
      start.current.moved = true;
      const { left, width } = area.getBoundingClientRect();
      setSplit((100 * (event.clientX - left)) / width);
    },
    onPointerUp() {
      if (start.current && !start.current.moved) onTap?.();
      start.current = null;
    },
    onPointerCancel() {
      start.current = null;
    },
  };
}
