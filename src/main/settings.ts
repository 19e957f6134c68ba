/** What the environment says, checked once: nothing else reads it. */
import * as z from 'zod';
import { DreamError } from '../kit/errors.ts';

/** As the platforms call them: discord:1234, slack:U123. */
const PERSON_WORDS = "expected platform:person, several with commas, such as 'discord:1234'";

/** An empty variable is one that is not set: `DISCORD_TOKEN=` in a .env file. */
const given = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

const HOST_WORDS = "expected host or host:port, several with commas, such as 'media.example.org'";

const text = given(z.string().trim().min(1).optional());
const count = (least: number, most: number, usual: number) =>
  given(z.coerce.number().int().min(least).max(most).default(usual));
const url = (usual: string) => given(z.url({ protocol: /^https?$/ }).default(usual));
const hosts = given(
  z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== ''),
    )
    .pipe(z.array(z.string().regex(/^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/, HOST_WORDS))),
);

const people = given(
  z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    )
    .pipe(z.array(z.string().regex(/^[a-z]+:[^\s:]+$/, PERSON_WORDS))),
);

const settingsSchema = z.object({
  /** Where the web page, health and metrics are served. */
  HOST: given(z.string().default('127.0.0.1')),
  PORT: count(0, 65_535, 7070),
  /** More names under which the web page may be asked for, behind a proxy. */
  WEB_HOSTS: hosts,
  /** on, off, or auto: on where no other platform is set. */
  WEB_CHAT: given(z.enum(['auto', 'on', 'off']).default('auto')),

  /** Where the pages of contests are reached from outside: https://dreams.example.org */
  GALLERY_URL: given(z.url({ protocol: /^https?$/ }).optional()),

  DATA_DIR: given(z.string().default('data')),
  /** A PostgreSQL database in place of the file in DATA_DIR; pictures stay in the folder. */
  DATABASE_URL: given(z.url({ protocol: /^postgres(ql)?$/ }).optional()),
  MODELS_DIR: text,
  /** Renders at a time. */
  CONCURRENCY: count(1, 64, 1),
  MAX_QUEUE: count(1, 10_000, 100),
  MAX_PER_PERSON: count(1, 1000, 5),
  MAX_PER_SERVER: count(1, 10_000, 20),
  /** Minutes that one dream may take, as estimated. */
  MAX_RENDER_MINUTES: count(1, 1440, 30),
  /** Megabytes of a picture that somebody sends. */
  MAX_PICTURE_MB: count(1, 100, 25),
  /** Who may add models by the chat: discord:1234, slack:U123 */
  MODEL_ADMINS: people,
  /** Megabytes of a model that they send. */
  MAX_MODEL_MB: count(1, 500, 100),
  /** Days that delivered orders and their pictures are kept. */
  KEEP_DAYS: count(1, 3650, 30),
  /** Gigabytes of all their pictures: beyond them the oldest go first. */
  KEEP_GB: count(1, 100_000, 20),
  /** Megabytes of all files that the local chat keeps. */
  MAX_UPLOADS_MB: count(10, 1_000_000, 1024),
  ENGINE: given(z.enum(['auto', 'onnx', 'tensorflow']).default('auto')),
  SCREENING: given(z.enum(['off', 'warn', 'refuse']).default('off')),

  DISCORD_TOKEN: text,
  DISCORD_API_URL: url('https://discord.com/api'),
  SLACK_BOT_TOKEN: text,
  SLACK_APP_TOKEN: text,
  SLACK_SIGNING_SECRET: text,
  SLACK_API_URL: url('https://slack.com/api/'),
  /** Where Slack's HTTP events are taken; without an app token. */
  SLACK_PORT: count(0, 65_535, 7071),
  PICTURE_HOSTS: hosts,

  LOG_LEVEL: given(z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info')),
  /** Seconds that a stop waits for renders before it hands them back. */
  STOP_SECONDS: count(0, 600, 20),
});

export const settingNames = Object.keys(settingsSchema.shape);

export type Settings = Readonly<z.output<typeof settingsSchema>>;

/** @throws DreamError 'bad-option' that names each variable which is wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const result = settingsSchema.safeParse(environment);
  if (!result.success) {
    const problems = result.error.issues.map(
      (issue) => `${String(issue.path[0])}: ${problemWords(issue)}`,
    );
    throw new DreamError('bad-option', problems.join('\n'), 'See .env.example.');
  }
  checkSlack(result.data);
  return result.data;
}

/** Without the value: it may be a secret. */
function problemWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return 'expected a whole number';
    case 'too_small':
      return `expected at least ${issue.minimum}`;
    case 'too_big':
      return `expected at most ${issue.maximum}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'url'
        ? 'expected an address, such as .env.example shows'
        : issue.message;
    default:
      return issue.message;
  }
}

function checkSlack({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET }: Settings): void {
  const second = SLACK_APP_TOKEN ?? SLACK_SIGNING_SECRET;
  if (SLACK_BOT_TOKEN !== undefined && second === undefined) {
    throw new DreamError(
      'bad-option',
      'SLACK_BOT_TOKEN is set, but neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP)',
      'See .env.example.',
    );
  }
  if (SLACK_BOT_TOKEN === undefined && second !== undefined) {
    const message = 'SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is set, but not SLACK_BOT_TOKEN';
    throw new DreamError('bad-option', message, 'See .env.example.');
  }
}
