import { useEffect, useRef } from 'preact/hooks';
import type { WirePicture } from '../wire.ts';
import { Compare } from './compare.tsx';
import { Icon } from './icons.tsx';

interface LightboxProps {
  readonly picture: WirePicture;
  readonly onClose: () => void;
}

/** A picture as large as the window, over everything. */
export function Lightbox({ picture, onClose }: LightboxProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const { source, name, alt, width, height } = picture;
  const style =
    width !== undefined && height !== undefined
      ? { '--width': String(width), '--height': String(height) }
      : {};
  return (
    <dialog
      ref={dialog}
      class="lightbox"
      aria-label={alt}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="print" style={style}>
        <Compare picture={picture} initial={0} />
      </div>
      <p class="caption">{alt}</p>
      <div class="tools">
        <a href={source} download={name} aria-label="Download" title="Download">
          <Icon name="download" />
        </a>
        <button
          type="button"
          aria-label="Close"
          title="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
    </dialog>
  );
}
