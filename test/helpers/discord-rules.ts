/**
 * Whether Discord would take what the bot sends: by the schemas that are generated from Discord's
 * own description of its interface, and by those of its rules that the schemas leave out.
 */
import { isDeepStrictEqual } from 'node:util';
import * as spec from 'discord-api-spec/zod';
import type { Upload } from './discord-world.ts';

interface Schema {
  safeParse(value: unknown): {
    success: boolean;
    data?: unknown;
    error?: { issues: readonly { path: readonly PropertyKey[]; message: string }[] };
  };
}

const schemas = spec as unknown as Readonly<Record<string, Schema>>;

const V2 = 1 << 15;
const TEXTS = 4000;
const COMPONENTS = 40;

/** Reasons to refuse it; none where it is well formed. */
export function violations(schemaName: string, value: unknown): string[] {
  const schema = schemas[`${schemaName}Schema`];
  if (!schema) throw new Error(`discord-api-spec has no ${schemaName}`);
  const result = schema.safeParse(value);
  if (!result.success) {
    const issues = result.error?.issues ?? [];
    return issues.map(({ path, message }) => `${schemaName}.${path.join('.')}: ${message}`);
  }
  // The schemas drop what they do not know.
  return isDeepStrictEqual(result.data, value)
    ? []
    : [`${schemaName}: unknown keys in ${JSON.stringify(value)}`];
}

/** A command as it is registered; permissions travel as text, though the schema has a number. */
export function commandViolations(command: Readonly<Record<string, unknown>>): string[] {
  const { default_member_permissions: permissions, ...rest } = command;
  const value =
    permissions === undefined ? rest : { ...rest, default_member_permissions: Number(permissions) };
  return [...violations('ApplicationCommandUpdateRequest', value), ...orderViolations(command)];
}

function orderViolations({ name, options }: Readonly<Record<string, unknown>>): string[] {
  const list = (options ?? []) as readonly Readonly<Record<string, unknown>>[];
  const required = list.map((option) => option.required === true);
  const late = required.some((each, index) => each && required.slice(0, index).includes(false));
  const both = list.filter(
    (option) => option.autocomplete === true && option.choices !== undefined,
  );
  return [
    ...(late ? [`${String(name)}: required options come first`] : []),
    ...both.map((option) => `${String(option.name)}: choices and autocomplete exclude each other`),
    ...list.flatMap(orderViolations),
  ];
}

interface Component {
  readonly type: number;
  readonly id?: number;
  readonly custom_id?: string;
  readonly content?: string;
  readonly components?: readonly Component[];
  readonly file?: { readonly url: string };
  readonly label?: string;
  readonly placeholder?: string;
  readonly options?: readonly {
    readonly value: string;
    readonly label: string;
    readonly description?: string;
  }[];
  readonly items?: readonly { readonly media: { readonly url: string } }[];
}

export interface MessageJson {
  readonly content?: string | null;
  readonly embeds?: readonly unknown[];
  readonly flags?: number;
  readonly components?: readonly Component[];
  readonly attachments?: readonly { readonly id: string; readonly filename?: string }[];
}

/** @param wasV2 the flag of the message that is edited: it cannot be taken back. */
export function messageViolations(
  json: MessageJson,
  uploads: readonly Upload[],
  wasV2: boolean,
): string[] {
  const isV2 = wasV2 || ((json.flags ?? 0) & V2) !== 0;
  const all = flattened(json.components ?? []);
  if (!isV2) return all.some(({ type }) => type > 9) ? ['components need IS_COMPONENTS_V2'] : [];
  const found: string[] = [];
  const check = (right: boolean, message: string): void => {
    if (!right) found.push(message);
  };
  check(!json.content && !json.embeds?.length, 'a V2 message has no content and no embeds');
  check(all.length > 0, 'a V2 message needs components');
  check(all.length <= COMPONENTS, `${all.length} components, at most ${COMPONENTS}`);
  const texts = all.reduce((sum, { content = '' }) => sum + content.length, 0);
  check(texts <= TEXTS, `${texts} characters of text, at most ${TEXTS}`);
  check(
    // Blanks around it do not count.
    all.every(({ type, content = '' }) => type !== 10 || content.trim() !== ''),
    'empty text',
  );
  check(isUnique(all.map(({ custom_id: id }) => id)), 'the same custom_id twice');
  check(isUnique(all.map(({ id }) => id)), 'the same component id twice');
  for (const { components = [], type } of all) {
    if (type !== 1) continue;
    const menus = components.filter((part) => part.type !== 2).length;
    check(menus === 0 || components.length === 1, 'a menu fills its row');
    check(components.length >= 1 && components.length <= 5, `${components.length} in a row`);
  }
  for (const { type, label = '', options = [] } of all) {
    if (type === 2) check(label.trim() !== '' && label.length <= 80, `a button called '${label}'`);
    if (type !== 3) continue;
    check(options.length >= 1 && options.length <= 25, `a menu of ${options.length}`);
    check(isUnique(options.map(({ value }) => value)), 'a menu with a value twice');
    for (const { value, label: name, description = 'none' } of options) {
      const right = [value, name, description].every((each) => isWithin(each.trim(), 100));
      check(right, `the choice ${JSON.stringify([value, name, description])}`);
    }
  }
  return [...found, ...fileViolations(json, all, uploads)];
}

/** Files are named as the components say, and all of them are shown. */
function fileViolations(
  { attachments = [] }: MessageJson,
  all: readonly Component[],
  uploads: readonly Upload[],
): string[] {
  const shown = all
    .flatMap(({ items = [], file }) => [...items.map(({ media }) => media), file ?? []].flat())
    .map(({ url }) => url)
    .filter((url) => url.startsWith('attachment://'))
    .map((url) => url.slice('attachment://'.length));
  const sent = uploads.map(({ name }) => name);
  return [
    ...shown.filter((name) => !sent.includes(name)).map((name) => `${name} was not uploaded`),
    ...sent.filter((name) => !shown.includes(name)).map((name) => `${name} is not shown`),
    ...attachments
      .filter(({ id }) => uploads[Number(id)] === undefined)
      .map(({ id }) => `attachment ${id} was not uploaded`),
    ...attachments
      .filter(
        ({ id, filename }) => filename !== undefined && uploads[Number(id)]?.name !== filename,
      )
      .map(({ id }) => `attachment ${id} has another name`),
  ];
}

function flattened(components: readonly Component[]): Component[] {
  return components.flatMap((component) => [component, ...flattened(component.components ?? [])]);
}

function isWithin({ length }: string, most: number): boolean {
  return length >= 1 && length <= most;
}

function isUnique(values: readonly (string | number | undefined)[]): boolean {
  const given = values.filter((value) => value !== undefined);
  return new Set(given).size === given.length;
}
