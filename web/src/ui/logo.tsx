/** A guarded passage through a wall. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="7" fill="#5b4bb7" />
      <path d="M7 25V14a9 9 0 0 1 18 0v11h-4.5V14a4.5 4.5 0 0 0-9 0v11z" fill="#fff" />
      <circle cx="16" cy="17" r="1.8" fill="#fff" />
    </svg>
  );
}
