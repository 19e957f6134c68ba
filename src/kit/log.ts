/** Where the parts of the bot say what they do: whoever starts them decides where it goes. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** Never a secret, never a picture. An error goes under `err`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** For tests and tools that have nobody to tell. */
export const silentLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
