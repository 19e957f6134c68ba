import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

interface AttachedProps {
  readonly file: File;
  /** What it is for, where that could be mistaken. */
  readonly label: string | undefined;
  readonly onRemove: () => void;
}

/** A picture or file that will be sent, small, with a way to take it back. */
export function Attached({ file, label, onRemove }: AttachedProps) {
  const [url, setUrl] = useState<string | null>(null);
  const [shown, setShown] = useState(true);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    setShown(file.type.startsWith('image/'));
    return () => {
      URL.revokeObjectURL(made);
    };
  }, [file]);
  return (
    <div class="attached">
      {!shown && <span class="file">{file.name}</span>}
      {url !== null && shown && (
        <img
          src={url}
          alt={`To be sent${label === undefined ? '' : ` as ${label}`}: ${file.name}`}
          onError={() => {
            setShown(false);
          }}
        />
      )}
      {label !== undefined && (
        <span class="label" aria-hidden>
          {label}
        </span>
      )}
      <button type="button" aria-label={`Remove ${file.name}`} title="Remove" onClick={onRemove}>
        <Icon name="close" />
      </button>
    </div>
  );
}
