/** A list with its filters, by which the palette answers a question. */
type List = {
  title: string
  path: string
  /** Other words for it, which are searched and not shown. */
  words?: string
}

/** The lists that operators ask for most, beside the pages themselves. */
export const LISTS: readonly List[] = [
  { title: 'Orders', path: '/console/executions?machine=order' },
  { title: 'Payments', path: '/console/executions?machine=payment' },
  { title: 'Refunds', path: '/console/executions?machine=refund', words: 'money back' },
  { title: 'Disputes', path: '/console/executions?machine=dispute', words: 'chargebacks' },
  { title: 'Stuck executions', path: '/console/executions?stuck=true' },
  { title: 'Failed activities', path: '/console/activities?state=failed', words: 'calls errors' },
  {
    title: 'Emails that may have been sent twice',
    path: '/console/activities?maybeSent=true',
    words: 'maybe sent emails letters doubtful',
  },
  { title: 'Unmatched signals', path: '/console/signals?state=unmatched', words: 'webhooks' },
  { title: 'Failed signals', path: '/console/signals?state=failed', words: 'webhooks' },
]

/** Where calls are held back, in the words of who wants to. */
export const STOPS: readonly List[] = [
  {
    title: 'Stop all refunds',
    path: '/console/controls?pause=activity%20refunds.submit',
    words: 'pause money back',
  },
  {
    title: 'Stop all emails',
    path: '/console/controls?pause=queue%20emails',
    words: 'pause letters sendgrid',
  },
  {
    title: 'Stop or slow down calls to Stripe or SendGrid',
    path: '/console/controls',
    words: 'pause limit payments refunds emails queue',
  },
]
