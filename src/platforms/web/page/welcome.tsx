import type { Snapshot } from '../wire.ts';
import { Compare } from './compare.tsx';
import { CommandLine } from './markup.tsx';

interface WelcomeProps {
  readonly about: Omit<Snapshot, 'messages'>;
  readonly onExample: (line: string) => void;
  readonly onCommands: () => void;
}

/** A chat in which nothing has been said: what it does, and three ways to begin. */
export function Welcome({ about: { sample, examples }, onExample, onCommands }: WelcomeProps) {
  // Where there is a finger in place of a mouse, nothing can be dropped.
  const first = matchMedia('(hover: hover)').matches
    ? 'Drop a picture anywhere'
    : 'Add a picture below';
  return (
    <section class="welcome" aria-labelledby="welcome">
      <h2 id="welcome">Show it a picture. See what it dreams.</h2>
      <p>
        {first}, or type <kbd>/</kbd> for{' '}
        <button type="button" class="link" onClick={onCommands}>
          all commands
        </button>
        .
      </p>
      {sample && (
        <figure class="print">
          <Compare
            initial={38}
            picture={{
              source: sample.after,
              before: sample.before,
              name: 'clouds',
              alt: 'Clouds that turned into the feathers, eyes and faces of a dream',
              spoiler: false,
              preview: false,
            }}
          />
        </figure>
      )}
      {examples.length > 0 && (
        <ul class="examples">
          {examples.map(({ line, says }) => (
            <li key={line}>
              <button
                type="button"
                onClick={() => {
                  onExample(line);
                }}
              >
                <CommandLine line={line} />
                <span>{says}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
