/** Line drawings, 24 × 24; what they mean is said beside them. */
const PATHS = {
  picture:
    'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v11a2.5 2.5 0 0 1-2.5 2.5h-11A2.5 2.5 0 0 1 4 17.5zM4 16l4.5-4.5 4 4L15 13l5 5M15.5 8.5h.01',
  send: 'M12 19V5M5.5 11.5 12 5l6.5 6.5',
  close: 'M6 6l12 12M18 6 6 18',
  enlarge: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  down: 'M12 5v14M6 13l6 6 6-6',
  grip: 'm9 7-5 5 5 5M15 7l5 5-5 5',
  hidden:
    'M4 4l16 16M9.9 5.2A9.7 9.7 0 0 1 12 5c5 0 8.5 4.5 9.5 7a12 12 0 0 1-2.6 3.7M6.2 7.3A12.3 12.3 0 0 0 2.5 12c1 2.5 4.5 7 9.5 7 1.6 0 3-.4 4.2-1.100M10 10a2.8 2.8 0 0 0 4 4',
  problem: 'M12 4 2.8 19.500h18.400zM12 10.500v4M12 17.200h.01',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  check: 'M5 12.500l4.5 4.500L19 7.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
