import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { fileOptions, takesFile } from '../file-lines.ts';
import type { WireCommand } from '../wire.ts';
import { Attached } from './attached.tsx';
import { Icon } from './icons.tsx';
import type { Editing } from './use-draft.ts';

export interface FileChooser {
  readonly field: RefObject<HTMLInputElement | null>;
  /** Asks for a file. @param option that it is for */
  readonly open: (option?: string) => void;
  readonly chosen: (files: readonly File[]) => void;
}

export function useFileChooser(
  onFiles: (files: readonly File[], option?: string) => void,
): FileChooser {
  const field = useRef<HTMLInputElement>(null);
  const wanted = useRef<string | undefined>(undefined);
  return {
    field,
    open(option) {
      wanted.current = option;
      field.current?.click();
    },
    chosen(files) {
      onFiles(files, wanted.current);
    },
  };
}

interface FileFieldProps {
  readonly draft: Editing;
  readonly chooser: FileChooser;
  readonly commands: readonly WireCommand[];
  /** The line beside them. */
  readonly input: RefObject<HTMLInputElement | null>;
}

/** The files that will be sent, and the button that asks for one. */
export function FileField({ draft, chooser, commands, input }: FileFieldProps) {
  const { line, files, remove } = draft;
  const any = takesFile(line, commands);
  const label = any ? 'Add a file' : 'Add a picture';
  const plain = files.length === 1 && files[0]?.option === fileOptions(line, commands)[0];
  return (
    <>
      {files.map(({ option, file }) => (
        <Attached
          key={option}
          file={file}
          label={plain ? undefined : option}
          onRemove={() => {
            remove(file);
            // The button that was pressed is gone, and the focus with it.
            input.current?.focus();
          }}
        />
      ))}
      <input
        ref={chooser.field}
        type="file"
        accept={any ? '' : 'image/*'}
        hidden
        onChange={({ currentTarget }) => {
          chooser.chosen([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="round"
        aria-label={label}
        title={label}
        onClick={() => {
          chooser.open();
        }}
      >
        <Icon name="picture" />
      </button>
    </>
  );
}
