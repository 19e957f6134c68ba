/** A question on a terminal that is answered with yes or not at all. */
import { createInterface } from 'node:readline/promises';

/** False also for Ctrl-C and Ctrl-D in place of an answer. */
export async function confirmed(
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<boolean> {
  const prompt = createInterface({ input, output, terminal: true });
  try {
    const answer = await prompt.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    output.write('\n');
    return false;
  } finally {
    prompt.close();
  }
}
