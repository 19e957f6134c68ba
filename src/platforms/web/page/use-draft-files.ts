import { useState } from 'preact/hooks';
import { fileOptions, linesForFiles, placesOf, takesFile } from '../file-lines.ts';
import type { Snapshot, WireCommand } from '../wire.ts';
import type { DraftFile } from './api.ts';

export type DraftLimits = Pick<Snapshot, 'commands' | 'maxPicture' | 'maxFile'>;

export interface DraftFiles {
  /** In the order of the options that they go to, as the line stands. */
  readonly files: readonly DraftFile[];
  /**
   * Takes one at a time: of several nobody could say which is the picture, and which its mask.
   * @returns what speaks against it, or what was left out.
   */
  readonly attach: (files: readonly File[], option?: string) => string | null;
  readonly remove: (file: File) => void;
  /** Of what could not be sent; what has been added meanwhile stays. */
  readonly giveBack: (files: readonly DraftFile[]) => void;
  /** Takes away what is being sent; what has been added meanwhile stays. */
  readonly take: () => readonly DraftFile[];
}

/** Files that browsers have no type for. */
const MODEL_NAME = /\.(h5|hdf5|keras|pb|onnx|caffemodel)$/i;

/** The files beside the line that is being written. */
export function useDraftFiles(line: string, limits: DraftLimits): DraftFiles {
  const [files, keep] = useState<readonly DraftFile[]>([]);
  const options = fileOptions(line, limits.commands);
  return {
    files: inPlaces(files, options),
    attach([file, ...others], option) {
      if (!file) return null;
      const objection = objectionTo(file, line, limits);
      if (objection !== null) return objection;
      keep((now) => withFile(now, file, options, option));
      return others.length === 0 ? null : leftOut(file, others.length, options);
    },
    remove(file) {
      keep((now) => now.filter((each) => each.file !== file));
    },
    giveBack(sent) {
      keep((now) => (now.length > 0 ? now : sent));
    },
    take() {
      keep((now) => (now === files ? [] : now));
      return files;
    },
  };
}

/** Each under the option that it goes to, as far as there is one. */
function inPlaces(files: readonly DraftFile[], options: readonly string[]): readonly DraftFile[] {
  const meant = files.map(({ option }) => option);
  const places = placesOf(meant, options);
  const rank = ({ option }: DraftFile): number => options.indexOf(option);
  return files
    .map(({ option, file }, index) => ({ option: places[index] ?? option, file }))
    .sort((one, other) => rank(one) - rank(other));
}

/** @param wanted the option that it is for. @default the first that is free, else the last */
function withFile(
  files: readonly DraftFile[],
  file: File,
  options: readonly string[],
  wanted?: string,
): readonly DraftFile[] {
  const placed = inPlaces(files, options);
  const free = options.find((name) => !placed.some(({ option }) => option === name));
  const option = wanted ?? free ?? options.at(-1) ?? 'file';
  const others = placed.filter((each) => each.option !== option);
  return inPlaces([...others, { option, file }], options);
}

function objectionTo(file: File, line: string, limits: DraftLimits): string | null {
  const { commands, maxPicture, maxFile } = limits;
  return takesFile(line, commands)
    ? tooLarge(file, maxFile)
    : (noPicture(file, commands) ?? tooLarge(file, maxPicture));
}

function noPicture({ type, name }: File, commands: readonly WireCommand[]): string | null {
  // Of some pictures browsers do not know the type.
  if (type === '' ? !MODEL_NAME.test(name) : type.startsWith('image/')) return null;
  const [first] = linesForFiles(commands);
  const hint = first === undefined ? '' : ` If it is a model, type ${first} before you drop it.`;
  return `${name} is not a picture.${hint}`;
}

function leftOut({ name }: File, others: number, [, second]: readonly string[]): string {
  const rest = others === 1 ? 'the other one' : `the other ${others}`;
  const why = second === undefined ? '' : `: a second one would be its ${second}`;
  return `Only ${name} was added, not ${rest}. Send it before you add the next${why}.`;
}

function tooLarge({ size, name }: File, most: number): string | null {
  if (size <= most) return null;
  return `${name} is larger than ${Math.floor(most / 2 ** 20)} MB. Send a smaller one.`;
}
