/**
 * tensorflow.js graph models: a TensorFlow graph as JSON, the values of its constants in a
 * `weightsManifest`.
 */
import * as z from 'zod';
import { checked } from './checked.ts';
import { openWeights } from './containers/tfjs-weights.ts';
import { importGraphDef } from './graphdef.ts';
import { attributeOf } from './graphdef/json-attributes.ts';
import type { Imported, ReadShard } from './imported.ts';

/** The largest picture networks have some thousands. */
const MOST_NODES = 50_000;

const nodeSchema = z.object({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string()).default([]),
  attr: z.record(z.string(), z.unknown()).default({}),
});

const signatureSchema = z
  .object({ outputs: z.record(z.string(), z.object({ name: z.string().optional() })).optional() })
  .optional();

const fileSchema = z.object({
  modelTopology: z.object({ node: z.array(nodeSchema).min(1).max(MOST_NODES) }),
  weightsManifest: z.unknown(),
  signature: signatureSchema,
  userDefinedMetadata: z.object({ signature: signatureSchema }).nullish(),
});

/** Whether a parsed JSON file is a graph model. */
export function isGraphModel(json: unknown): boolean {
  const topology = (json as { modelTopology?: { node?: unknown } } | null | undefined)
    ?.modelTopology;
  return Array.isArray(topology?.node);
}

/** @throws DreamError 'bad-model' or 'unsupported-op', naming the node. */
export async function readGraphModel(json: unknown, readShard: ReadShard): Promise<Imported> {
  const file = checked(fileSchema, json, 'the graph model');
  const nodes = file.modelTopology.node.map(({ name, op, input, attr }) => ({
    name,
    op,
    inputs: input,
    attributes: Object.fromEntries(
      Object.entries(attr).flatMap(([key, value]) => {
        const plain = attributeOf(value);
        return plain === undefined ? [] : [[key, plain]];
      }),
    ),
  }));
  const outputs = (file.signature ?? file.userDefinedMetadata?.signature)?.outputs ?? {};
  const [output] = Object.entries(outputs).map(([key, { name }]) => name ?? key);
  return importGraphDef({ nodes, output }, openWeights(file.weightsManifest, readShard));
}
