import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

/** Takes a picture that is dropped, or pasted, anywhere on the page. */
export function DropZone({ onFile }: { onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    // Entering a child comes before leaving its parent.
    let depth = 0;
    const move = (by: number) => (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth = Math.max(0, depth + by);
      setOver(depth > 0);
    };
    addEventListener('dragenter', move(1), { signal });
    addEventListener('dragover', move(0), { signal });
    addEventListener('dragleave', move(-1), { signal });
    addEventListener(
      'drop',
      (event) => {
        move(-depth)(event);
        take(event.dataTransfer, onFile);
      },
      { signal },
    );
    addEventListener(
      'paste',
      (event) => {
        if (take(event.clipboardData, onFile)) event.preventDefault();
      },
      { signal },
    );
    return () => {
      controller.abort();
    };
  }, [onFile]);
  return over ? (
    <div class="drop-zone">
      <p>
        <Icon name="picture" />
        Drop the picture to dream on it
      </p>
    </div>
  ) : null;
}

function hasFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false;
}

function take(data: DataTransfer | null, onFile: (file: File) => void): boolean {
  const file = data?.files[0];
  if (file) onFile(file);
  return file !== undefined;
}
