/** The texts of the state diagram. */
export const texts = {
  label: (machine: string) => `States of ${machine}, scrollable`,
  state: (name: string, note: string) => `${name}, ${note}`,
  arrow: (from: string, to: string, label: string) => `From ${from} to ${to}: ${label}`,
} as const
