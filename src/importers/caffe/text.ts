/** A network written as text (.prototxt) in the form that the binary file has. */
import type protobuf from 'protobufjs/light.js';
import { DreamError } from '../../kit/errors.ts';
import { parsePrototext } from '../containers/prototext.ts';
import type { TextMessage, TextValue } from '../containers/prototext.ts';
import { enumerations, netType } from './schema.ts';
import type { NetMessage } from './schema.ts';

/** @throws DreamError 'bad-model' that names the file. */
export function readNetText(source: string, file: string): NetMessage {
  const message = formed(parsePrototext(source, file), netType, file);
  return message as unknown as NetMessage;
}

/** The fields that the type has; others are passed over. */
function formed(text: TextMessage, type: protobuf.Type, file: string): Record<string, unknown> {
  const entries = type.fieldsArray.flatMap((field): [string, unknown][] => {
    field.resolve();
    const values = (text.get(field.name) ?? []).map((value) => valueOf(value, field, file));
    if (field.repeated) return [[field.name, values]];
    return values.length > 0 ? [[field.name, values.at(-1)]] : [];
  });
  return Object.fromEntries(entries);
}

function valueOf(value: TextValue, field: protobuf.Field, file: string): unknown {
  const wrong = (expected: string): DreamError =>
    new DreamError('bad-model', `'${file}': the field ${field.name} is not ${expected}`);
  const type = field.resolvedType;
  if (type && 'fieldsArray' in type) {
    if (!(value instanceof Map)) throw wrong('a message {…}');
    return formed(value, type, file);
  }
  if (value instanceof Map) throw wrong('a plain value');
  const { word, text } = value as { word?: string; text?: string };
  if (field.type === 'string') return text ?? word;
  if (field.type === 'bool') return word === 'true' || word === '1';
  if (field.type === 'bytes') throw wrong('known in text');
  const named = enumerations[field.name]?.indexOf(word ?? '') ?? -1;
  const number = named >= 0 ? named : Number((word ?? '').replace(/f$/, ''));
  if (word !== undefined && word !== '' && Number.isFinite(number)) return number;
  // A type of layer that came later than the list of them.
  if (field.name === 'type') return text ?? word;
  throw wrong('a number');
}
