/** jsfive has no types of its own: the part of it that hdf5.ts uses. */
declare module 'jsfive' {
  export class Group {
    readonly keys: readonly string[];
    readonly attrs: Readonly<Record<string, unknown>>;
    get(name: string): Group | Dataset | null;
  }

  export class File extends Group {
    constructor(bytes: ArrayBuffer, name?: string);
  }

  export class Dataset {
    readonly shape: readonly number[];
    /** NumPy's words: '<f4' is a little-endian float of 4 bytes. */
    readonly dtype: string | readonly unknown[];
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly _dataobjects: DataObjects;
  }

  export interface DataObjects {
    /** The shape of a piece, where the dataset is stored in pieces. */
    readonly chunks: readonly number[] | null;
    /** Where the list of pieces lies; known after `chunks`. */
    readonly _chunk_address: number | null;
    readonly filter_pipeline: readonly ReadonlyMap<string, unknown>[] | null;
    find_msg_type(type: number): readonly ReadonlyMap<string, number>[];
    _get_data_message_properties(
      offset: number,
    ): [version: number, dimensions: number, layout: number, properties: number];
  }
}
