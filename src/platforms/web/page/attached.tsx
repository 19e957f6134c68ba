import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

/** The picture or file that will be sent, small, with a way to take it back. */
export function Attached({ file, onRemove }: { file: File; onRemove: () => void }) {
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
          alt={`To be sent: ${file.name}`}
          onError={() => {
            setShown(false);
          }}
        />
      )}
      <button type="button" aria-label={`Remove ${file.name}`} title="Remove" onClick={onRemove}>
        <Icon name="close" />
      </button>
    </div>
  );
}
