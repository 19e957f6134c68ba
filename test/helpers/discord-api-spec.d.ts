/** The package has these schemas, but no types for them. */
declare module 'discord-api-spec/zod';
