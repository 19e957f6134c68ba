/** What the bot says, free of any platform. */

export interface Outbound {
  /**
   * Short paragraphs. Its only markup: **bold**, `code`, line breaks, and `<t:1790000000>` for a
   * moment (seconds since 1970), which everybody reads in their own time zone.
   */
  readonly text: string;
  readonly picture?: OutboundPicture;
  /** To keep: a table, say. Beside a picture it is left out. */
  readonly document?: OutboundDocument;
  /** Facts below the text, such as the recipe. */
  readonly fields?: readonly Field[];
  /** Of work that goes on. */
  readonly progress?: Progress;
  /** At most 5. */
  readonly buttons?: readonly Button[];
  readonly menu?: Menu;
  /** To a page of the bot's own; a button among the others, of which there are 4 at most then. */
  readonly link?: Link;
  /** @default 'plain' */
  readonly tone?: 'plain' | 'problem';
}

export interface Field {
  readonly name: string;
  readonly value: string;
}

export interface Progress {
  /** 0 … 1; null while it waits. */
  readonly fraction: number | null;
  /** Seconds to go. */
  readonly eta: number | null;
}

export interface OutboundPicture {
  /** Without an ending. */
  readonly name: string;
  /** For those who do not see it; at most 1000 characters. */
  readonly alt: string;
  readonly spoiler: boolean;
  /**
   * What the store calls it ('<order>/result'), for platforms that show it from there; null for a
   * picture that is not kept, such as a preview.
   */
  readonly id: string | null;
  /** What it was before, by the same kind of id, for a comparison. */
  readonly beforeId?: string;
  /** The picture as a file of at most `bytes`: PNG, or else WebP or JPEG that fits. */
  fileWithin(bytes: number): Promise<PictureFile>;
}

export interface OutboundDocument {
  /** With its ending. */
  readonly name: string;
  readonly contentType: 'application/json' | 'text/csv';
  readonly text: string;
}

export interface PictureFile {
  readonly bytes: Uint8Array;
  /** With its ending. */
  readonly name: string;
  readonly contentType: 'image/png' | 'image/webp' | 'image/jpeg';
}

export interface Button {
  /** What comes back as `Inbound.action`; at most 80 characters. */
  readonly action: string;
  readonly label: string;
  /** @default 'plain' */
  readonly style?: 'main' | 'plain' | 'danger';
}

export interface Link {
  readonly label: string;
  readonly url: string;
}

/** A choice of one. */
export interface Menu {
  /** What comes back as `Inbound.action`, the choice as `Inbound.choice`. */
  readonly action: string;
  readonly placeholder: string;
  /** At most 25. */
  readonly choices: readonly MenuChoice[];
}

export interface MenuChoice {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}
