import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';

interface DropZoneProps {
  /** In the line, where it takes a file that need not be a picture. */
  readonly command: string | undefined;
  readonly onFiles: (files: readonly File[]) => void;
  /** Says what speaks against what was dropped. */
  readonly onProblem: (problem: string) => void;
}

/** Takes files that are dropped, or pasted, anywhere on the page. */
export function DropZone({ command, onFiles, onProblem }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const onFolder = (name: string): void => {
    const instead = command === undefined ? 'a picture' : 'it as a zip archive';
    onProblem(`${name} is a folder. Drop ${instead}.`);
  };
  const latest = useRef({ onFiles, onFolder });
  latest.current = { onFiles, onFolder };
  useEffect(() => {
    const take = (data: DataTransfer | null): boolean => {
      const folder = folderIn(data);
      const files = [...(data?.files ?? [])];
      if (folder !== undefined) latest.current.onFolder(folder);
      else if (files.length > 0) latest.current.onFiles(files);
      return files.length > 0;
    };
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
        take(event.dataTransfer);
      },
      { signal },
    );
    addEventListener(
      'paste',
      (event) => {
        if (take(event.clipboardData)) event.preventDefault();
      },
      { signal },
    );
    return () => {
      controller.abort();
    };
  }, []);
  return over ? (
    <div class="drop-zone">
      <p>
        <Icon name="picture" />
        {command === undefined ? 'Drop the picture to dream on it' : `Drop the file for ${command}`}
      </p>
    </div>
  ) : null;
}

/** Its name: among the files it looks like one of them, and cannot be read. */
function folderIn(data: DataTransfer | null): string | undefined {
  const entries = [...(data?.items ?? [])].map((item) => item.webkitGetAsEntry());
  return entries.find((entry) => entry?.isDirectory)?.name;
}

function hasFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false;
}
