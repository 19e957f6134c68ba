/** The bot's face: a moon that is an eye. While it dreams, the moon waxes with the work. */

const RADIUS = 11;

export function Eye() {
  return (
    <svg class="moon" viewBox="0 0 32 32" aria-hidden="true">
      <circle class="moon-sky" cx="16" cy="16" r="16" />
      <path
        class="moon-lid"
        d="M3.5 16.500C7.5 10 11.5 7.5 16 7.500s8.5 2.5 12.5 9C24.5 22.5 20.5 24.5 16 24.500S7.5 22.5 3.5 16.500z"
      />
      <circle class="moon-iris" cx="16" cy="16" r="6.3" />
      <circle class="moon-lid" cx="18.3" cy="14.6" r="5" />
    </svg>
  );
}

/** @param fraction 0 is a new moon, 1 a full one; null while it waits. */
export function Moon({ fraction }: { fraction: number | null }) {
  return (
    <svg
      class={fraction === null ? 'moon moon-waits' : 'moon'}
      viewBox="0 0 32 32"
      aria-hidden="true"
    >
      <circle class="moon-sky" cx="16" cy="16" r="16" />
      <circle class="moon-dark" cx="16" cy="16" r={RADIUS} />
      <path class="moon-light" d={litPart(fraction ?? 0.08)} />
    </svg>
  );
}

/** The right limb, and the terminator: half of an ellipse that bows right before half moon. */
function litPart(fraction: number): string {
  const lit = Math.min(1, Math.max(0.03, fraction));
  const width = Math.abs(1 - 2 * lit) * RADIUS;
  const [top, bottom] = [16 - RADIUS, 16 + RADIUS];
  const limb = `M16 ${top}A${RADIUS} ${RADIUS} 0 0 1 16 ${bottom}`;
  return `${limb}A${width.toFixed(2)} ${RADIUS} 0 0 ${lit < 0.5 ? 0 : 1} 16 ${top}z`;
}
