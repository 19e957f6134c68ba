/** What training programs note down beside the networks that they export. */
import type { Brought } from './brought.ts';

/** Of Teachable Machine and of Custom Vision: objects without depth. */
const NOTES = ['metadata.json', 'metadata_properties.json'];
const MOST_BYTES = 2 ** 20;

export type Notes = Readonly<Record<string, unknown>>;

/** All that is noted in the folder of the network; what cannot be read is nothing. */
export async function notesBeside(brought: Brought, network: string): Promise<Notes> {
  const folder = network.slice(0, network.lastIndexOf('/') + 1);
  let notes: Notes = {};
  for (const name of NOTES.map((each) => folder + each)) {
    if (!brought.names.includes(name) || (await brought.size(name)) > MOST_BYTES) continue;
    notes = { ...notes, ...noted(Buffer.from(await brought.read(name)).toString('utf8')) };
  }
  return notes;
}

function noted(text: string): object {
  try {
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
  } catch {
    return {};
  }
}
