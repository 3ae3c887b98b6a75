/** The texts of the machine's panel. */
export const texts = {
  title: 'Machine',
  version: 'Version',
  of: (version: number, last: number) => `v${version} of ${last}`,
  now: 'Now',
  earlier: 'Earlier version',
  later: 'Later version',
  asItWas: (version: number) => `As it was after transition ${version}`,
  changes: 'The transition changed',
  nothing: 'No recorded field changed.',
  row: 'The row',
  legend: { taken: 'taken', allowed: 'can be sent', refused: 'refused now' },
} as const
