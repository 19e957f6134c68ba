import { useState } from 'preact/hooks';
import type { WireMessage, WirePicture } from '../wire.ts';
import { Controls } from './controls.tsx';
import { Facts } from './facts.tsx';
import { Icon } from './icons.tsx';
import { CommandLine, Markup } from './markup.tsx';
import { Eye, Moon } from './moon.tsx';
import { PictureView } from './picture-view.tsx';
import { ProgressBar, Waiting } from './progress-bar.tsx';
import { ago } from './times.ts';

interface MessageProps {
  readonly message: WireMessage;
  readonly now: number;
  /** Of the person at this page. */
  readonly own: boolean;
  /** Follows another of the same author. */
  readonly continued: boolean;
  /** Its work came to an end before the eyes of the person. */
  readonly fresh: boolean;
  readonly onEnlarge: (message: WireMessage) => void;
}

export function Message(props: MessageProps) {
  return props.message.author ? <Said {...props} /> : <Answer {...props} />;
}

/** What a person typed, and sent along. */
function Said({ message, own, now, continued, onEnlarge }: MessageProps) {
  const { author, text, picture, beside, at } = message;
  const sent = [picture, beside].filter((each) => each !== undefined);
  return (
    <article class={names('said', own && 'own', continued && 'continued')}>
      <p class="byline">
        <span class={own ? 'unseen' : 'name'}>{own ? 'You' : author?.name}</span>
        <Time at={at} now={now} />
      </p>
      {sent.length > 0 && (
        <div class="sent-pictures">
          {sent.map((each) => (
            <SentPicture
              key={each.source}
              picture={each}
              onEnlarge={() => {
                onEnlarge({ ...message, picture: each });
              }}
            />
          ))}
        </div>
      )}
      {message.file !== undefined && (
        <p class="sent-file" dir="auto">
          {message.file}
        </p>
      )}
      <Gone name={message.gone} />
      {text !== '' && (
        <p class="bubble" dir="auto">
          {text.startsWith('/') ? <CommandLine line={text} /> : text}
        </p>
      )}
    </article>
  );
}

function SentPicture({ picture, onEnlarge }: { picture: WirePicture; onEnlarge: () => void }) {
  const { name, source, alt } = picture;
  const [broken, setBroken] = useState(false);
  if (broken) return <p class="gone">{name} cannot be shown</p>;
  return (
    <button type="button" class="sent-picture" aria-label={`Enlarge ${name}`} onClick={onEnlarge}>
      <img
        src={source}
        alt={alt}
        onError={() => {
          setBroken(true);
        }}
      />
    </button>
  );
}

function Answer({ message, now, continued, fresh, onEnlarge }: MessageProps) {
  const { text, at, picture, progress, fields, tone } = message;
  const problem = tone === 'problem';
  return (
    <article
      class={names(
        'answer',
        problem && 'problem',
        message.private && 'private',
        continued && 'continued',
      )}
      aria-live={progress ? 'off' : undefined}
    >
      <div class="face">{progress ? <Moon fraction={progress.fraction} /> : <Eye />}</div>
      <Byline at={at} now={now} alone={message.private} />
      <div class="body">
        <p class="text">
          {problem && <Icon name="problem" />}
          <span>
            <Markup text={text} />
          </span>
        </p>
        {progress && !picture && <Waiting fraction={progress.fraction} />}
        {picture && (
          <PictureView
            key="picture"
            picture={picture}
            fresh={fresh}
            onEnlarge={() => {
              onEnlarge(message);
            }}
          />
        )}
        {message.document && (
          <a class="button small" href={message.document.source} download={message.document.name}>
            <Icon name="download" />
            {message.document.name}
          </a>
        )}
        <Gone name={message.gone} />
        {progress && <ProgressBar progress={progress} />}
        {fields && fields.length > 0 && <Facts fields={fields} folded={picture !== undefined} />}
        <Controls message={message} />
        {message.link && (
          <a class="button small" href={message.link.url} target="_blank" rel="noreferrer">
            {message.link.label}
          </a>
        )}
      </div>
    </article>
  );
}

function Gone({ name }: { name: string | undefined }) {
  return name === undefined ? null : <p class="gone">{name}: no longer kept</p>;
}

function Byline({ at, now, alone }: { at: number; now: number; alone: boolean }) {
  return (
    <p class="byline">
      <span class="name">Dream</span>
      <Time at={at} now={now} />
      {alone && (
        <span class="alone">
          <Icon name="hidden" />
          Only you see this
        </span>
      )}
    </p>
  );
}

function Time({ at, now }: { at: number; now: number }) {
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {ago(at, now)}
    </time>
  );
}

function names(...classes: (string | false)[]): string {
  return classes.filter(Boolean).join(' ');
}
