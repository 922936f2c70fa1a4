// The few pictures that the dashboards use, drawn on a grid of 24. They stand beside words and say nothing of their own.
const PATHS = {
  overview: 'M4 13h6V4H4v9Zm0 7h6v-4H4v4Zm10 0h6v-9h-6v9Zm0-16v4h6V4h-6Z',
  payouts: 'M3 7h14m0 0-3.5-3.5M17 7l-3.5 3.5M21 17H7m0 0 3.5-3.5M7 17l3.5 3.5',
  runs: 'M7 4v16l13-8L7 4Z',
  creators:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6.5 9a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18.5 14.5a6.5 6.5 0 0 1 3 5.5',
  reconciliation: 'M12 4v16M5 20h14M5 7h14M5 7l-2.5 6.5a3 3 0 0 0 5 0L5 7Zm14 0-2.5 6.5a3 3 0 0 0 5 0L19 7Z',
  events: 'M4 6h16M4 12h10M4 18h13M18.5 10v4M16.5 12h4',
  alerts: 'M18 9a6 6 0 1 0-12 0c0 6-2.5 7-2.5 7h17S18 15 18 9Zm-7.7 11a2 2 0 0 0 3.4 0',
  home: 'M4 11 12 4l8 7v9h-5.5v-6h-5v6H4v-9Z',
  statement: 'M6 3h9l4 4v14H6V3Zm8.5 0v4.5H19M9.5 12h6M9.5 16h6',
  search: 'm20 20-4.5-4.5M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z',
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'm6 6 12 12M18 6 6 18',
  sun: 'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M5 19l1.4-1.4M17.6 6.4 19 5',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z',
  system: 'M3 5h18v11H3V5Zm6 15h6m-3-4v4',
  save: 'M12 4v11m0 0-4.500-4.500M12 15l4.500-4.500M5 20h14',
  leave: 'M14 4h5v16h-5M15 12H4m0 0 4-4m-4 4 4 4',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  warning: 'M12 4 2.5 20h19L12 4Zm0 6v4.5m0 2.5v.5',
  keys: 'M3 6.500h18v11H3v-11ZM7 10.500h.01M12 10.500h.01M17 10.500h.01M8.500 14h7',
  pause: 'M8 5v14M16 5v14',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  up: 'M12 19V5m0 0-6 6m6-6 6 6',
  down: 'M12 5v14m0 0-6-6m6 6 6-6',
  offline:
    'M3 3l18 18M8.5 15.5a5 5 0 0 1 7 0M5 12a10 10 0 0 1 4-2.4M2 8.5a15 15 0 0 1 4.5-2.7M12 6c3.8 0 7.300 1 10 3M12 19.500v.5',
  bank: 'M3 9.500 12 4l9 5.500H3Zm2 0V17m5-7.500V17m4-7.500V17m5-7.500V17M3 20h18',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({
  name,
  size = 18,
  className = '',
}: {
  name: IconName;
  size?: number;
  className?: string;
}) {
  return (
    <svg
      aria-hidden="true"
      className={`shrink-0 ${className}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
