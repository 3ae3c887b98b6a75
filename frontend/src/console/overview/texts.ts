import type { NoticeKind } from '../../api/types'
import { texts as noticeTexts } from '../notices/texts'

/** The texts of the overview. */
export const texts = {
  title: 'Overview',
  well: 'The shop is well',
  wellLead: 'Nothing waits for a person, all workers are there, and nothing is late.',
  attention: (count: number) =>
    count === 1 ? 'One thing needs attention' : `${count} things need attention`,
  rates: {
    title: 'The last hour',
    orders: 'Orders placed',
    payments: 'Payments',
    declined: 'Declined',
    transitions: 'Transitions',
    lastMinute: (count: string) => `${count} in the last minute`,
    chart: (name: string, total: string) => `${name} each minute of the last hour, ${total} in all`,
  },
  needs: {
    title: 'Waits for a person',
    none: 'Nothing waits for a person.',
    failedActivities: 'Failed activities',
    givingUp: 'Activities that give up',
    failedSignals: 'Failed signals',
    unmatchedSignals: 'Unmatched signals',
    failedJobs: 'Failed bulk jobs',
    notice: (kind: NoticeKind) => noticeTexts.kinds[kind],
  },
  queues: {
    title: 'Queues and workers',
    name: 'Queue',
    interactive: 'Interactive',
    background: 'Background',
    worker: 'Workers',
    present: 'there',
    absent: 'missing',
    unknown: 'unknown',
    none: '–',
    unreachable: 'Redis is not reached: the numbers of messages are unknown.',
  },
  lags: {
    title: 'Late',
    none: 'Nothing is late.',
    activity: 'Activity',
    by: 'Due',
    late: (time: string) => `${time} late`,
  },
  money: {
    title: 'Money today',
    captured: 'Captured',
    refunded: 'Refunded',
    refundRequested: 'Refunds not yet at the bank',
    payments: (count: string) => `${count} payments of today's orders (UTC)`,
    onePayment: "One payment of today's orders (UTC)",
    none: 'No payment yet today (UTC).',
  },
  checks: {
    title: 'Checks',
    sweep: 'Sweep',
    sweepTook: (time: string) => `took ${time}`,
    reconciliation: 'Compared with Stripe',
    reconciled: (events: string, orphans: number) => `events: ${events}, orphans: ${orphans}`,
    verify: 'Histories verified',
    verified: (differences: number) =>
      differences === 0 ? 'no difference' : `${differences} differences`,
    never: 'not yet',
  },
  pauses: 'Paused',
  problems: {
    failures: (count: string, name: string) => `${count} ${name.toLowerCase()}`,
    single: {
      failedActivities: 'One failed activity',
      givingUp: 'One activity gives up',
      failedSignals: 'One failed signal',
      unmatchedSignals: 'One unmatched signal',
      failedJobs: 'One failed bulk job',
    },
    worker: (name: string) => `No worker of ${name}`,
    redis: 'Redis is not reached',
    lag: (name: string, time: string) => `${name} is ${time} late`,
    notices: (count: string, number: number) =>
      number === 1 ? 'One open notice' : `${count} open notices`,
    sweep: (time: string) => `The last sweep was ${time}`,
    noSweep: 'No sweep has run yet',
    differences: (count: number) => `${count} differences between histories and rows`,
    pause: (kind: string, name: string) => `The ${kind} ${name} is paused`,
  },
} as const
