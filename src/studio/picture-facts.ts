import type { Picture } from '../dream/picture.ts';

/** What is known of a stored picture without opening it. */
export interface PictureFacts {
  readonly rows: number;
  readonly columns: number;
  /** Before it was shrunk. */
  readonly originalRows: number;
  readonly originalColumns: number;
  /** Sentences about the file: frames left out, defects passed over. */
  readonly note: string[];
}

export function factsOf({
  image,
  originalRows,
  originalColumns,
  note = [],
}: Picture): PictureFacts {
  const { rows, columns } = image;
  return { rows, columns, originalRows, originalColumns, note };
}
