/**
 * What the gallery's page does beside showing: everything on it works without. A picture beside
 * what it was before becomes one picture with a line to move, recipes can be copied by a button,
 * and times are the reader's own.
 */

for (const figure of document.querySelectorAll<HTMLElement>('figure[data-before]')) enhance(figure);

for (const time of document.querySelectorAll('time')) {
  const style = { dateStyle: 'long', timeStyle: 'short' } as const;
  time.textContent = new Date(time.dateTime).toLocaleString(undefined, style);
}

for (const recipe of document.querySelectorAll<HTMLElement>('.recipe code')) {
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.textContent = 'Copy';
  copy.addEventListener('click', () => {
    void copied(recipe.textContent).then((done) => {
      copy.textContent = done ? 'Copied' : 'Select it to copy';
    });
  });
  recipe.after(copy);
}

/** Without https there is no clipboard. */
async function copied(text: string): Promise<boolean> {
  const { clipboard } = navigator as Partial<Navigator>;
  if (!clipboard) return false;
  return clipboard.writeText(text).then(
    () => true,
    () => false,
  );
}

/** As soon as the other picture is here; where it is not kept any more, all stays as it is. */
function enhance(figure: HTMLElement): void {
  const after = figure.querySelector('img');
  const link = document.querySelector(`#${figure.dataset['link'] ?? ''}`);
  if (!after) return;
  const before = new Image();
  before.alt = '';
  before.className = 'before';
  const range = document.createElement('input');
  range.type = 'range';
  range.value = '0';
  range.ariaLabel = 'Before and after';
  range.addEventListener('input', () => {
    figure.style.setProperty('--split', `${range.value}%`);
    figure.classList.toggle('split', range.value !== '0');
  });
  before.addEventListener('load', () => {
    figure.classList.add('compare');
    figure.append(range);
    link?.remove();
  });
  before.addEventListener('error', () => {
    before.remove();
    link?.remove();
  });
  const begin = (): void => {
    after.after(before);
    before.src = figure.dataset['before'] ?? '';
  };
  // Not before it is wanted: the picture itself waits until somebody scrolls to it.
  if (after.complete) begin();
  else after.addEventListener('load', begin, { once: true });
}
