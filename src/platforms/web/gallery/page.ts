/** A contest as a page. Paths are relative to nothing but the server: a proxy may stand before it. */
import type { ShownContest, ShownEntry } from '../../../chat/contests/gallery.ts';
import { counted } from '../../../chat/words.ts';
import { html, type Html } from './html.ts';

export interface GalleryAssets {
  /** Paths. */
  readonly style: string;
  readonly script: string;
  readonly icon: string;
}

export function contestPage(contest: ShownContest, assets: GalleryAssets): string {
  const { theme, entries, winners } = contest;
  const podium = entries.slice(0, winners);
  const others = entries.slice(winners);
  const body = html`<header>
      ${MOON}
      <p class="kind">A contest of dreams</p>
      <h1>${theme}</h1>
      <p class="facts">${factsOf(contest)}</p>
    </header>
    <main>
      ${
        podium.length === 0
          ? html`<p class="quiet">Nobody voted: there is no winner.</p>`
          : html`<h2 class="unseen">Winners</h2>
              <ol class="podium">
                ${podium.map((entry) => item(contest, entry, true))}
              </ol>`
      }
      ${
        others.length === 0
          ? null
          : html`<h2>All the others</h2>
              <ol class="others">
                ${others.map((entry) => item(contest, entry, false))}
              </ol>`
      }
    </main>
    ${footer(contest)}`;
  return documentOf(theme, assets, body);
}

export function nothingPage(assets: GalleryAssets): string {
  const body = html`<header>
    ${MOON}
    <h1>Nothing hangs here</h1>
    <p class="facts">
      There is no such contest, or it is not over yet. Its page opens when the votes are counted.
    </p>
  </header>`;
  return documentOf('Nothing hangs here', assets, body);
}

function factsOf({ entries, voters, voting, endedAt }: ShownContest): Html {
  const moment = new Date(endedAt).toISOString();
  return html`${counted(entries.length, 'dream')} · ${counted(voters, 'voter')} · ${voting} · ended
    <time datetime="${moment}">${moment.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

function item({ id }: ShownContest, entry: ShownEntry, large: boolean): Html {
  const { rank, number, title, author, score, formula, model, command, rows, columns } = entry;
  const masked = entry.masked ? html` · with a mask, which the recipe does not hold` : null;
  const { gone } = entry;
  const base = `/gallery/${id}/${number}`;
  const name = title ?? `Entry ${number}`;
  const alt = `${name} by ${author}: a dream of ${formula}`;
  const size = large ? 'large' : 'small';
  const figure = html`<figure data-before="${base}/before" data-link="before-${number}">
    <img
      src="${base}/${size}"
      alt="${alt}"
      width="${columns}"
      height="${rows}"
      loading="${rank <= 3 && !entry.veiled ? 'eager' : 'lazy'}"
    />
  </figure>`;
  return html`<li class="entry place-${Math.min(rank, 4)}" value="${rank}">
    ${gone ? html`<p class="gone">${GONE[gone]}</p>` : entry.veiled ? veil(figure) : figure}
    <div class="caption">
      <p class="rank"><span class="unseen">Place </span>${rank}</p>
      <div>
        <h3>${name}</h3>
        <p class="author">by ${author} · ${score}</p>
      </div>
    </div>
    <details>
      <summary>Recipe</summary>
      <p>${formula} of ${model} · ${columns}×${rows}${masked}</p>
      <p class="recipe"><code>${command}</code></p>
      ${
        gone
          ? null
          : html`<p class="links">
              <a href="${base}/picture" download="dream-${id}-${number}.png">The picture (PNG)</a>
              <a id="before-${number}" href="${base}/before">What it was before</a>
            </p>`
      }
    </details>
  </li>`;
}

const GONE: Readonly<Record<NonNullable<ShownEntry['gone']>, string>> = {
  removed: 'Those who ran the contest took this picture down.',
  deleted: 'This picture was deleted for the person who made it.',
};

/** A lazy picture that is folded up is not even fetched. */
function veil(figure: Html): Html {
  return html`<details class="veil">
    <summary>Spoiler: show the picture</summary>
    ${figure}
  </details>`;
}

function footer({ id, tieRule }: ShownContest): Html {
  return html`<footer>
    <p class="links">
      <a href="/gallery/${id}/sheet">One sheet to print</a>
      <a href="/gallery/${id}.csv" download>CSV</a>
      <a href="/gallery/${id}.json" download>JSON</a>
    </p>
    <p class="quiet">${tieRule}</p>
  </footer>`;
}

function documentOf(title: string, { style, script, icon }: GalleryAssets, body: Html): string {
  const { text } = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      <meta name="robots" content="noindex" />
      <meta name="color-scheme" content="dark light" />
      <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0c1024" />
      <meta name="theme-color" media="(prefers-color-scheme: light)" content="#e9e6f4" />
      <title>${title}</title>
      <link rel="icon" href="${icon}" type="image/svg+xml" />
      <link rel="stylesheet" href="${style}" />
      <script type="module" src="${script}"></script>
    </head>
    <body>
      ${body}
    </body>
  </html>`;
  return `<!doctype html>\n${text}\n`;
}

/** A moon that is an eye. */
const MOON = html`<svg class="moon" viewBox="0 0 64 64" aria-hidden="true">
  <path d="M4 33c9-14 18-20 28-20s19 6 28 20c-9 13-18 18-28 18S13 46 4 33z" class="lid" />
  <circle cx="32" cy="32" r="14" class="iris" />
  <circle cx="37" cy="29" r="11" class="lid" />
</svg>`;
