/** The process that decodes pictures: those of strangers never reach the bot's own decoder. */
import type { PictureFacts } from '../picture-facts.ts';
import { serveTasks } from '../processes/serve.ts';
import { takePicture } from './take.ts';
import type { IntakeTask } from './task.ts';

serveTasks<IntakeTask, never, PictureFacts>((task) => takePicture(task));
