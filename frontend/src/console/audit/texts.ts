/** The texts of the audit. */
export const texts = {
  title: 'Audit',
  lead: 'Each change that a person made by hand, and each one that was refused, newest first.',
  caption: 'Audit',
  emptyLead: 'Nobody has changed anything by hand yet.',
  none: '–',
  columns: {
    at: 'When',
    actor: 'Who',
    action: 'Did what',
    subject: 'To',
    reason: 'Reason',
    details: 'Details',
    id: 'Id',
  },
  filters: {
    actor: 'Who',
    actorHint: 'Email, id or name',
    action: 'Action',
    subject: 'To',
    since: 'From',
    until: 'Until',
  },
  export: 'Export CSV',
  exported: 'The file is saved.',
  exportedPart: 'The file has the newest 5,000 entries. Set the days for older ones.',
} as const
