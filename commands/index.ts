/** Every slash command. To add one: a file here, and a line below. */
import type { Command } from '../src/chat/command.ts';
import { cancel } from './cancel.ts';
import { contest } from './contest.ts';
import { dream } from './dream.ts';
import { help } from './help.ts';
import { layers } from './layers.ts';
import { models } from './models.ts';
import { privacy } from './privacy.ts';
import { queue } from './queue.ts';
import { redo } from './redo.ts';
import { settings } from './settings.ts';

export const commands: readonly Command[] = [
  dream,
  layers,
  redo,
  queue,
  cancel,
  contest,
  models,
  settings,
  help,
  privacy,
];
