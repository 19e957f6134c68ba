/** What the command line said, unchecked: options by field name. */
export type Given = Readonly<Record<string, unknown>>;
