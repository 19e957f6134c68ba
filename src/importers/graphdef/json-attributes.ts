/** A TensorFlow attribute as protobuf's JSON form writes it: { i: "3" }, { s: base64 } and so on. */
import type { TensorflowAttribute } from './node.ts';

/** Its plain value; undefined where no importer has a use for it. */
export function attributeOf(value: unknown): TensorflowAttribute | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const [kind, content] = Object.entries(value)[0] ?? [];
  if (kind === 'list') return listOf(content);
  if (kind === 'shape') return shapeOf(content);
  return kind === undefined ? undefined : scalarOf(kind, content);
}

function scalarOf(kind: string, content: unknown): string | number | boolean | undefined {
  switch (kind) {
    case 's':
      return textOf(content);
    case 'i':
    case 'f':
      return Number(content);
    case 'b':
      return content === true;
    case 'type':
      return String(content);
    default:
      return undefined;
  }
}

/** Bytes: in base64, or as a list of numbers in files that were converted in the browser. */
function textOf(content: unknown): string {
  if (Array.isArray(content)) return Buffer.from(content as number[]).toString('utf8');
  return Buffer.from(String(content), 'base64').toString('utf8');
}

function listOf(content: unknown): readonly number[] | readonly string[] {
  const [kind, values] = Object.entries(content ?? {})[0] ?? [];
  if (kind === undefined || !Array.isArray(values)) return [];
  if (kind === 's') return values.map(textOf);
  return kind === 'i' || kind === 'f' ? values.map(Number) : [];
}

/** Sizes of the axes, -1 where unknown; undefined where not even the rank is known. */
function shapeOf(content: unknown): readonly number[] | undefined {
  const { dim } = content as { dim?: readonly { size?: string | number }[] };
  return dim?.map(({ size }) => Number(size ?? 0));
}
