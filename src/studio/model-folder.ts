/** Which folders in `models/` can be used, and what is wrong with the others. */
import { join } from 'node:path';
import { DroppedFolders, isUndescribed } from './adding/dropped.ts';
import { describeModel, modelNames, MODELS } from './descriptions.ts';
import type { ModelDescription } from './descriptions.ts';
import type { Environment } from './processes/task-process.ts';

/** Milliseconds that a list waits for folders that are being looked at: chats want answers in 3 s. */
const PATIENCE = 1500;

export interface ModelFolderOptions {
  /** One folder for each model. @default those that come with the program */
  readonly folder?: string;
  /** What processes that look at new folders see of the environment. @default nothing */
  readonly environment?: Environment;
}

/** A folder in `models/` that cannot be used, and why. */
export interface BrokenModel {
  readonly name: string;
  readonly error: Error;
}

interface Described {
  readonly good: ModelDescription[];
  readonly broken: BrokenModel[];
}

export class ModelFolder {
  readonly folder: string;
  readonly #dropped: DroppedFolders;

  constructor({ folder = MODELS, environment = {} }: ModelFolderOptions = {}) {
    this.folder = folder;
    this.#dropped = new DroppedFolders({ environment });
  }

  /** Models whose description can be read, by name. */
  async list(): Promise<ModelDescription[]> {
    return (await this.#described(PATIENCE)).good;
  }

  /** @param patience milliseconds for folders that have just come. */
  async broken(patience = PATIENCE): Promise<BrokenModel[]> {
    return (await this.#described(patience)).broken;
  }

  /** All at once: several new folders are waited for no longer than one. */
  async #described(patience: number): Promise<Described> {
    const names = await modelNames(this.folder);
    const all = await Promise.all(names.map((name) => this.#describedOrBroken(name, patience)));
    return {
      good: all.flatMap((one) => ('error' in one ? [] : [one])),
      broken: all.flatMap((one) => ('error' in one ? [one] : [])),
    };
  }

  async #describedOrBroken(
    name: string,
    patience: number,
  ): Promise<ModelDescription | BrokenModel> {
    try {
      return await describeModel(name, this.folder);
    } catch (error) {
      const problem = await this.#problemOf(name, error as Error, patience);
      return problem ? { name, error: problem } : describeModel(name, this.folder);
    }
  }

  /** Null where a folder that had no description has one now. */
  async #problemOf(name: string, error: Error, patience: number): Promise<Error | null> {
    if (!(await isUndescribed(join(this.folder, name)))) return error;
    return this.#dropped.look(name, this.folder, patience);
  }
}
