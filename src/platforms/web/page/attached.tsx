import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

/** The picture or file that will be sent, small, with a way to take it back. */
export function Attached({ file, onRemove }: { file: File; onRemove: () => void }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
    };
  }, [file]);
  return (
    <div class="attached">
      {!file.type.startsWith('image/') && <span class="file">{file.name}</span>}
      {url !== null && file.type.startsWith('image/') && (
        <img src={url} alt={`To be sent: ${file.name}`} />
      )}
      <button type="button" aria-label={`Remove ${file.name}`} title="Remove" onClick={onRemove}>
        <Icon name="close" />
      </button>
    </div>
  );
}
