/** The process that looks at a stranger's network: one question, one answer, and it ends. */
import { DreamError } from '../../kit/errors.ts';
import type { Answer, Question } from './messages.ts';
import { understand } from './understand.ts';

process.on('disconnect', () => process.exit());

async function answerTo(question: Question): Promise<Answer> {
  try {
    return { kind: 'understood', understood: await understand(question) };
  } catch (error) {
    if (!(error instanceof DreamError)) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { kind: 'defect', stack };
    }
    const { code, message, hint } = error;
    const failure = { code, message, ...(hint === undefined ? {} : { hint }) };
    return { kind: 'failed', failure };
  }
}

process.once('message', (question: Question) => {
  void answerTo(question).then((answer) => {
    process.send!(answer, () => process.exit());
  });
});
