/** Slack's limits for blocks and forms, after its reference: what breaks them, in words. */
import * as z from 'zod';

const plain = (most: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(most),
    emoji: z.boolean().optional(),
  });
const mrkdwn = (most: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(most),
    verbatim: z.boolean().optional(),
  });
const text = (most: number) => z.union([plain(most), mrkdwn(most)]);
const blockId = { block_id: z.string().max(255).optional() };
const actionId = z.string().min(1).max(255);
const option = z.strictObject({
  text: plain(75),
  value: z.string().min(1).max(150),
  description: plain(75).optional(),
});
const options = z.array(option).min(1).max(100);

const button = z.strictObject({
  type: z.literal('button'),
  action_id: actionId,
  text: plain(75),
  value: z.string().max(2000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});
const staticSelect = z.strictObject({
  type: z.literal('static_select'),
  action_id: actionId,
  placeholder: plain(150).optional(),
  options,
  initial_option: option.optional(),
});
const inputs = z.discriminatedUnion('type', [
  staticSelect,
  z.strictObject({
    type: z.literal('external_select'),
    action_id: actionId,
    min_query_length: z.int().min(0).optional(),
    initial_option: option.optional(),
  }),
  z.strictObject({
    type: z.literal('plain_text_input'),
    action_id: actionId,
    max_length: z.int().min(1).max(3000).optional(),
    initial_value: z.string().max(3000).optional(),
  }),
  z.strictObject({
    type: z.literal('number_input'),
    action_id: actionId,
    is_decimal_allowed: z.boolean(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
    initial_value: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('checkboxes'),
    action_id: actionId,
    options: options.max(10),
    initial_options: options.optional(),
  }),
  z.strictObject({
    type: z.literal('file_input'),
    action_id: actionId,
    filetypes: z.array(z.string()).optional(),
    max_files: z.int().min(1).max(10).optional(),
  }),
]);

const messageBlock = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('section'),
      ...blockId,
      text: text(3000).optional(),
      fields: z.array(text(2000)).min(1).max(10).optional(),
    })
    .refine((section) => section.text !== undefined || section.fields !== undefined, 'empty'),
  z.strictObject({
    type: z.literal('context'),
    ...blockId,
    elements: z.array(text(3000)).min(1).max(10),
  }),
  z.strictObject({
    type: z.literal('image'),
    ...blockId,
    slack_file: z.strictObject({ id: z.string() }),
    alt_text: z.string().min(1).max(2000),
  }),
  z.strictObject({
    type: z.literal('actions'),
    ...blockId,
    elements: z
      .array(z.discriminatedUnion('type', [button, staticSelect]))
      .min(1)
      .max(25)
      .refine(
        (elements) => new Set(elements.map((each) => each.action_id)).size === elements.length,
        'action_ids are there twice',
      ),
  }),
]);

const inputBlock = z.strictObject({
  type: z.literal('input'),
  block_id: z.string().max(255),
  label: plain(2000),
  hint: plain(2000).optional(),
  optional: z.boolean().optional(),
  element: inputs,
});

const messageBlocks = z.array(messageBlock).max(50);
const modal = z.strictObject({
  type: z.literal('modal'),
  callback_id: z.string().max(255).optional(),
  private_metadata: z.string().max(3000).optional(),
  title: plain(24),
  submit: plain(24).optional(),
  close: plain(24).optional(),
  blocks: z
    .array(inputBlock)
    .min(1)
    .max(100)
    .refine(
      (blocks) => new Set(blocks.map((each) => each.block_id)).size === blocks.length,
      'block_ids are there twice',
    ),
});
const suggestions = z.strictObject({ options: z.array(option).max(100) });

function faults(schema: z.ZodType, value: unknown): string | null {
  const { success, error } = schema.safeParse(value);
  return success ? null : z.prettifyError(error);
}

export const faultsOfBlocks = (blocks: unknown): string | null => faults(messageBlocks, blocks);
export const faultsOfModal = (view: unknown): string | null => faults(modal, view);
export const faultsOfSuggestions = (answer: unknown): string | null => faults(suggestions, answer);
