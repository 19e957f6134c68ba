/** A picture in a message: under way, or done; alone, or beside what it was before. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WirePicture } from '../wire.ts';
import { Compare } from './compare.tsx';
import { Icon } from './icons.tsx';

interface PictureViewProps {
  readonly picture: WirePicture;
  readonly fresh: boolean;
  readonly onEnlarge: () => void;
}

export function PictureView({ picture, fresh, onEnlarge }: PictureViewProps) {
  const [revealed, setRevealed] = useState(false);
  const [missing, setMissing] = useState<string>();
  const tools = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone, and the focus with it.
  useEffect(() => {
    if (revealed) tools.current?.querySelector('button')?.focus();
  }, [revealed]);
  const veiled = picture.spoiler && !revealed;
  if (missing === picture.source) {
    return <p class="gone">{picture.name} is no longer kept, or cannot be loaded</p>;
  }
  return (
    <figure class={shapeOf(picture)} style={sizeOf(picture)}>
      <div class="shown" inert={veiled} aria-hidden={veiled}>
        {picture.preview ? (
          <Preview picture={picture} />
        ) : (
          <Compare
            picture={picture}
            fresh={fresh && !veiled}
            onTap={onEnlarge}
            onMissing={() => {
              setMissing(picture.source);
            }}
          />
        )}
      </div>
      {veiled && (
        <button
          type="button"
          class="veil"
          onClick={() => {
            setRevealed(true);
          }}
        >
          <span>
            <Icon name="hidden" />
            Spoiler: show the picture
          </span>
        </button>
      )}
      {!picture.preview && !veiled && (
        <div class="tools" ref={tools}>
          <button type="button" onClick={onEnlarge} aria-label="Enlarge" title="Enlarge">
            <Icon name="enlarge" />
          </button>
          <a href={picture.source} download={picture.name} aria-label="Download" title="Download">
            <Icon name="download" />
          </a>
        </div>
      )}
    </figure>
  );
}

/** Each new preview is laid over the one before it, and fades in. */
function Preview({ picture: { source, alt } }: { picture: WirePicture }) {
  const [layers, setLayers] = useState([source]);
  if (layers.at(-1) !== source) setLayers([...layers, source].slice(-3));
  const loaded = (layer: string): void => {
    setLayers((before) => before.slice(Math.max(0, before.indexOf(layer) - 1)));
  };
  return (
    <div class="preview" role="img" aria-label={alt}>
      {layers.map((layer) => (
        <img
          key={layer}
          src={layer}
          alt=""
          onLoad={(event) => {
            event.currentTarget.classList.add('loaded');
            loaded(layer);
          }}
        />
      ))}
    </div>
  );
}

/** A sheet has words and pictures in its corners: its buttons stand below it. */
function shapeOf(picture: WirePicture): string {
  if (isSlim(picture)) return 'print slim';
  return picture.before === undefined && !picture.preview ? 'print sheet' : 'print';
}

/** So high or so flat that its buttons would not stand on it. */
function isSlim({ width = 1, height = 1 }: WirePicture): boolean {
  return Math.max(width / height, height / width) > 4.5;
}

function sizeOf({ width, height }: WirePicture): Record<string, string> {
  if (width === undefined || height === undefined) return {};
  return { '--width': String(width), '--height': String(height) };
}
