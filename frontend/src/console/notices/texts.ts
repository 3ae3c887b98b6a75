import type { NoticeKind } from '../../api/types'

/** The texts of notices: situations that need a person's decision. */
export const texts = {
  title: 'Notices',
  lead: 'Situations that need a person: what happened, and what to do about it.',
  caption: 'Notices',
  emptyLead: 'Nothing needs a decision.',
  tabs: { label: 'Kinds of notices', open: 'Open', settled: 'Settled', all: 'All' },
  kind: 'Kind',
  kinds: {
    mispaid: 'Paid another amount',
    slow_payment: 'Slow payment',
    refund_failed: 'Refund failed',
    dispute: 'Dispute',
    undelivered: 'Email bounced',
    review: 'Under review',
    fraud_warning: 'Fraud warning',
    unknown_intent: 'Unknown at the bank',
    unmatched_payment: 'Unmatched payment',
    failed_signal: 'Failed signal',
    unread_event: 'Unread event',
  } satisfies Record<NoticeKind, string>,
  columns: {
    notice: 'Notice',
    links: 'About',
    created: 'Since',
    settled: 'Settled',
    action: 'Action',
    subject: 'Subject',
    id: 'Id',
  },
  none: '–',
  toDo: 'What to do',
  settle: 'Settle…',
  settled: 'The notice is settled.',
  isSettled: 'It is settled.',
  settledBySystem: 'The system settles it by itself, once what is said there has happened.',
  dialog: {
    title: 'Settle this notice?',
    confirm: 'Settle it',
    lead: 'Say what was done about it. An order that the notice holds back can be shipped then.',
  },
} as const
