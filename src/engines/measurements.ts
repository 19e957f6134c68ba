/** What was measured on this machine, kept in a file: who computes which model in what time. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../kit/make-folder.ts';

const candidateSchema = z.strictObject({
  engine: z.enum(['onnx', 'tensorflow']),
  provider: z.string().max(100),
  /** @default float32 */
  precision: z.literal('half').optional(),
});

const timingSchema = candidateSchema.extend({
  /** Of one gradient; null where the engine failed or was far behind. */
  milliseconds: z.number().positive().nullable(),
  /** How near a small dream came to float32's, for what computes otherwise. */
  decibels: z.number().optional(),
  /** Why there is none. */
  note: z.string().max(1000).optional(),
});

const entrySchema = z.strictObject({
  /** sha256 of all that the times depend on. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  /** For people. */
  model: z.string().max(200),
  machine: z.string().max(1000),
  /** Milliseconds since 1970. */
  at: z.number().nonnegative(),
  timings: z.array(timingSchema).max(20),
  /** The candidate that is being measured, and by which process: still there after a crash. */
  trying: candidateSchema.extend({ pid: z.int() }).optional(),
});

const fileSchema = z.strictObject({ version: z.literal(1), entries: z.array(entrySchema) });

export type Timing = Readonly<z.output<typeof timingSchema>>;
export type Measurement = Readonly<z.output<typeof entrySchema>>;

/** Old entries beyond these are dropped. */
const MOST_ENTRIES = 50;

/** A file of measurements. Nothing depends on it: what cannot be read is measured anew. */
export class Measurements {
  constructor(readonly path: string) {}

  async all(): Promise<readonly Measurement[]> {
    try {
      return fileSchema.parse(JSON.parse(await readFile(this.path, 'utf8'))).entries;
    } catch {
      return [];
    }
  }

  async find(key: string): Promise<Measurement | null> {
    return (await this.all()).find((entry) => entry.key === key) ?? null;
  }

  /** Appears as a whole or not at all; where the folder cannot be written, not at all. */
  async keep(entry: Measurement): Promise<void> {
    const others = (await this.all()).filter(({ key }) => key !== entry.key);
    const entries = [...others, entry].slice(-MOST_ENTRIES);
    const draft = `${this.path}.${process.pid}`;
    try {
      await makeFolder(dirname(this.path));
      await writeFile(draft, `${JSON.stringify({ version: 1, entries }, null, 1)}\n`);
      await rename(draft, this.path);
    } catch {
      // A cache: the next dream measures again.
    }
  }
}
