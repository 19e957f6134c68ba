/** The line to type in: commands are completed, a picture can be added. */
import { forwardRef } from 'preact/compat';
import type { Ref } from 'preact';
import { useEffect, useImperativeHandle, useRef, useState } from 'preact/hooks';
import type { Snapshot, WireMessage } from '../wire.ts';
import { Failed, newEventId, sendMessage } from './api.ts';
import type { Draft } from './api.ts';
import { Icon } from './icons.tsx';
import { Palette, optionId } from './palette.tsx';
import type { Suggestion } from './suggest.ts';
import { useSuggestions } from './use-suggestions.ts';

export interface ComposerHandle {
  attach(file: File): void;
  /** Puts a line there, for the person to go on. */
  type(line: string): void;
  send(line: string): void;
}

interface ComposerProps {
  readonly about: Omit<Snapshot, 'messages'>;
  readonly messages: readonly WireMessage[];
}
