/** Options of commands, described once: each platform makes its own form of them. */

interface Described {
  /** A sentence without a full stop, at most 100 characters. */
  readonly description: string;
  /** @default false */
  readonly required?: boolean;
}

export interface TextOption extends Described {
  readonly kind: 'text';
  readonly maxLength: number;
  /** What completes it while it is typed; any text is taken all the same. */
  readonly completes?:
    'model' | 'layer' | 'class' | 'order' | 'open-order' | 'contest' | 'timezone';
}

export interface ChoiceOption extends Described {
  readonly kind: 'choice';
  /** At most 25. */
  readonly choices: readonly string[];
}

export interface NumberOption extends Described {
  readonly kind: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
}

export interface SwitchOption extends Described {
  readonly kind: 'switch';
}

export interface PictureOption extends Described {
  readonly kind: 'picture';
}

/** A file of any type. */
export interface FileOption extends Described {
  readonly kind: 'file';
}

export type Option =
  TextOption | ChoiceOption | NumberOption | SwitchOption | PictureOption | FileOption;

/** Whether it takes a file. */
export function isAttached({ kind }: Pick<Option, 'kind'>): boolean {
  return kind === 'picture' || kind === 'file';
}

/** By name: small letters, digits and _, at most 32. The first text is what a bare word means. */
export type Options = Readonly<Record<string, Option>>;

/** A file in a message, as the platform tells of it; nothing of this can be trusted. */
export interface Attachment {
  readonly name: string;
  /** Bytes. */
  readonly size?: number;
  readonly contentType?: string;
  /** What the platform needs to fetch it: a URL, an id. */
  readonly reference: string;
}

/** As it comes from a platform: text where it was typed, typed where a form was filled in. */
export type RawValue = string | number | boolean | Attachment;

type ValueOf<Given extends Option> = Given extends TextOption | ChoiceOption
  ? string
  : Given extends NumberOption
    ? number
    : Given extends SwitchOption
      ? boolean
      : Attachment;

/** The checked values that a command runs with. */
export type Values<Given extends Options> = {
  readonly [Name in keyof Given]:
    ValueOf<Given[Name]> | (Given[Name] extends { readonly required: true } ? never : undefined);
};
