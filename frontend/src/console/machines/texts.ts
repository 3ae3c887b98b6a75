/** The texts of the page of the machines. */
export const texts = {
  title: 'Machines',
  choose: 'Machine',
  emptyLead: 'The application has no machines.',
  missing: (name: string) => `There is no machine ${name}`,
  stranded: (count: number) =>
    count === 1
      ? 'One row is in a state that the machine no longer has.'
      : `${count} rows are in states that the machine no longer has.`,
  strandedTitle: 'Stranded',
  states: 'States',
  statesCaption: (machine: string) => `States of ${machine}`,
  arrows: 'Arrows',
  arrowsCaption: (machine: string) => `Arrows of ${machine}`,
  facts: {
    version: 'Version',
    parent: 'Part of',
    verify: 'Check of the histories',
    never: 'none stored',
    differences: (count: number) =>
      count === 0 ? 'no difference' : count === 1 ? 'one difference' : `${count} differences`,
    deadline: (states: string) => `Timer in ${states}`,
    after: (durations: string) => `after ${durations}`,
    operators: 'Signals of operators',
  },
  columns: {
    state: 'State',
    note: 'Note',
    count: 'Now',
    p50: 'Half within',
    p95: '95 % within',
    signal: 'Signal',
    from: 'From',
    to: 'To',
    lastHour: 'Last hour',
    activities: 'Starts',
    writes: 'Writes',
  },
  stays: 'stays',
  none: '–',
  perHour: (count: string) => `${count}/h`,
  final: 'final',
  retired: 'retired',
} as const
