/** The mark of the shop: a lamp's shade and its light. The favicon has the same shape. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 64 64" width={size} height={size} aria-hidden="true">
      <rect width="64" height="64" rx="16" fill="var(--accent)" />
      <path d="M19 35h26a13 11 0 0 1-26 0z" fill="#f6c667" />
      <path
        d="M11 35C11 20 20 12 32 12s21 8 21 23c0 1.2-.8 2-2 2H13c-1.2 0-2-.8-2-2zM29.5 44h5v6.5H42a1.75 1.75 0 0 1 0 3.5H22a1.75 1.75 0 0 1 0-3.5h7.5z"
        fill="var(--paper)"
      />
    </svg>
  )
}
