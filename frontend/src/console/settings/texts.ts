/** The texts of the page of the settings. */
export const texts = {
  title: 'Settings',
  lead: (part: string) =>
    `The process that answers (part ${part}) was started with these. Other processes may have other ones. They are changed by variables of the environment, and a restart.`,
  settings: 'Settings',
  none: '–',
  filters: { q: 'Search settings', qHint: 'Name or value', source: 'Source' },
  sources: { environment: 'environment', default: 'default' },
  columns: {
    name: 'Name',
    value: 'Value',
    source: 'Source',
    default: 'Default',
  },
  secret: { isSet: 'secret, set', isMissing: 'secret, not set' },
  empty: 'empty',
  environment: 'Environment',
  part: 'Part',
  versions: 'Versions',
  database: 'Database schema',
  current: 'Revision of the database',
  expected: 'Revision of this code',
  unknown: 'unknown',
  isCurrent: 'They agree.',
  isBehind: 'The database and this code differ: run the migrations, or deploy the code that fits.',
  shown: (shown: number, all: number) => `${shown} of ${all}`,
} as const
