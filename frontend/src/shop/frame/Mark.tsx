/** The mark of the shop: a lamp's shade and its light. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 28 28" width={size} height={size} aria-hidden="true">
      <rect width="28" height="28" rx="8" fill="var(--accent)" />
      <path d="M9.5 7h9l3.5 8.5H6z" fill="var(--paper)" />
      <path d="M14 15.5V21m-4 0h8" stroke="var(--paper)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
