/** The texts of the state diagram. */
export const texts = {
  label: (machine: string) => `Diagram of ${machine}, scrollable`,
  arrow: (from: string, to: string, label: string) => `From ${from} to ${to}: ${label}`,
} as const
