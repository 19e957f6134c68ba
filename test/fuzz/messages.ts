export interface Attempt {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** The file with the network. */
  readonly network: string;
}

export type Outcome =
  | { readonly kind: 'read' | 'refused'; readonly maxRss: number; readonly words: string }
  | { readonly kind: 'crashed'; readonly maxRss: number; readonly words: string };
