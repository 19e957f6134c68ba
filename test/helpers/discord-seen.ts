/** A message of the stand-in as people see it. */
import { ComponentType } from 'discord.js';
import type { APIComponentInContainer, APIMessageTopLevelComponent } from 'discord.js';
import type { Kept } from './discord-world.ts';
import type { Seen } from './platform-harness.ts';

type Component = APIMessageTopLevelComponent | APIComponentInContainer;

export function seen({ message, only, files }: Kept): Seen {
  const all = (message.components ?? []).flatMap(flattened);
  const texts = all.flatMap((each) =>
    each.type === ComponentType.TextDisplay ? each.content : [],
  );
  const rows = all.flatMap((each) =>
    each.type === ComponentType.ActionRow ? each.components : [],
  );
  const media = all.flatMap((each) => (each.type === ComponentType.MediaGallery ? each.items : []));
  const menu = rows.flatMap((each) => (each.type === ComponentType.StringSelect ? each : []))[0];
  const [shown] = media;
  return {
    id: message.id,
    text: texts.map(plain).join('\n'),
    fields: texts.flatMap(fieldsIn).join('\n'),
    alt: shown?.description ?? null,
    picture: shown ? (files.get(shown.media.url) ?? null) : null,
    buttons: rows.flatMap((each) =>
      each.type === ComponentType.Button && 'custom_id' in each
        ? { label: each.label ?? '', action: each.custom_id }
        : [],
    ),
    menu: menu ? { action: menu.custom_id, values: menu.options.map(({ value }) => value) } : null,
    private: only !== undefined,
  };
}

/** As written, before the escapes. */
function plain(markdown: string): string {
  return markdown.replace(/^-# /gm, '').replace(/\\([^a-zA-Z0-9\s])/g, '$1');
}

/** `**name** value`, a line or a part of the small print each. */
function fieldsIn(markdown: string): string[] {
  const parts = markdown.replace(/^-# /, '').split(/\n| · (?=\*\*)/);
  return parts.flatMap((part) => {
    const match = /^\*\*(.+?)\*\* (.*)$/s.exec(part);
    return match ? `${plain(match[1]!)} ${plain(match[2]!)}` : [];
  });
}

function flattened(component: Component): Component[] {
  return component.type === ComponentType.Container
    ? [component, ...component.components.flatMap(flattened)]
    : [component];
}
