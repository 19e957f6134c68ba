/** Protobuf message types written down as data, for the light build of protobufjs. */
import protobuf from 'protobufjs/light.js';

/**
 * Field name → ['type', 'repeated type' or 'optional type', field number]. Of an optional field one
 * can tell a 0 that is written down from nothing at all; of others not.
 */
export type Fields = Readonly<Record<string, readonly [type: string, id: number]>>;

/**
 * @param messages message name → its fields; types are protobuf's own or another message's name.
 * @param edition in proto2 a zero that is written differs from a field that is missing.
 */
export function protobufTypes(
  messages: Readonly<Record<string, Fields>>,
  edition: 'proto2' | 'proto3' = 'proto3',
): protobuf.Root {
  const nested = Object.entries(messages).map(([name, fields]) => [
    name,
    { ...messageOf(fields), edition },
  ]);
  return protobuf.Root.fromJSON({
    nested: Object.fromEntries(nested) as Record<string, protobuf.IType>,
  });
}

/** The message in `bytes` as a plain object: int64 as numbers, bytes as views of the file. */
export function decoded(type: protobuf.Type, bytes: Uint8Array): Record<string, unknown> {
  return type.toObject(type.decode(bytes), { longs: Number, arrays: true });
}

function messageOf(fields: Fields): protobuf.IType {
  const entries = Object.entries(fields).map(([name, [type, id]]) => [name, fieldOf(type, id)]);
  return { fields: Object.fromEntries(entries) as Record<string, protobuf.IField> };
}

function fieldOf(written: string, id: number): object {
  const type = written.replace(/^(repeated|optional) /, '');
  if (written.startsWith('repeated ')) return { rule: 'repeated', type, id };
  const told = { options: { features: { field_presence: 'EXPLICIT' } } };
  return { type, id, ...(written.startsWith('optional ') && told) };
}
