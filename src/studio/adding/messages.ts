/** What the process that looks at a stranger's network is asked, and what it answers. */
import type { OrderFailure } from '../order.ts';
import type { ModelFile } from '../model-file.ts';
import type { ClassShare } from '../evidence.ts';
import type { Shown } from '../shown.ts';

/** What somebody says in place of what would be found out. */
export interface Overrides {
  /** Of the files brought, the one with the network. */
  readonly file?: string;
  /** A path to a file with the classes. */
  readonly labels?: string;
  readonly range?: readonly [number, number];
  readonly order?: 'rgb' | 'bgr';
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** [rows, columns] */
  readonly size?: readonly [number, number];
  readonly shown?: Shown;
  readonly title?: string;
  readonly licence?: string;
}

export interface Question {
  /** A folder, a file or an archive. */
  readonly path: string;
  /** The model's name. */
  readonly name: string;
  readonly overrides: Overrides;
  /** A folder that takes the model.json and the files that belong to it; null where they lie. */
  readonly into: string | null;
}

export interface Understood {
  readonly description: ModelFile;
  /** The format's name. */
  readonly format: string;
  /** The file with the network, as it was brought. */
  readonly file: string;
  /** Bytes of all its files. */
  readonly bytes: number;
  /** Nodes of its graph, and layers that can be named. */
  readonly nodes: number;
  readonly layers: number;
  /** [rows, columns, channels] */
  readonly size: readonly [number, number, number];
  readonly range: { readonly title: string; readonly evidence: string; readonly sure: boolean };
  /** How its program shows it pictures; null where that is not known. */
  readonly shown: { readonly title: string; readonly evidence: string } | null;
  /** How many it tells apart; null for none. */
  readonly classes: number | null;
  readonly labelsFrom: string;
  /** In words: where the classes' scores are taken, before a softmax or sigmoid. */
  readonly logit: string;
  /** What it says of the clouds that come with the program, best first. */
  readonly top: readonly ClassShare[];
  readonly notices: readonly string[];
}

export type Answer =
  | { readonly kind: 'understood'; readonly understood: Understood }
  | { readonly kind: 'failed'; readonly failure: OrderFailure }
  /** Something that should not happen. */
  | { readonly kind: 'defect'; readonly stack: string };
