/** The texts of what can be done with an execution. */
export const texts = {
  title: 'Actions',
  others: 'Other signals',
  raw: 'raw',
  /** The words of a signal: its name, unless it has better ones. */
  verbs: {
    'order ship': 'Ship',
    'order deliver': 'Mark as delivered',
    'order cancel': 'Cancel the order',
    'order refund': 'Refund',
    'order accept': 'Accept the payment',
    'payment close': 'Close the payment',
    'login resend': 'Send a new code',
  } as Readonly<Record<string, string>>,
  leads: {
    'order ship': 'The customer gets an email with the tracking number.',
    'order deliver': 'The customer gets an email.',
    'order cancel': 'The stock returns, and what was paid is refunded. The customer gets an email.',
    'order refund':
      'The money goes back the way it was paid. Once it has, the customer gets an email.',
    'order accept': 'The order is confirmed with what was paid, although it is another amount.',
  } as Readonly<Record<string, string>>,
  rawLead: (signal: string) =>
    `The signal ${signal} is sent as it is. Only the machine’s arrows are checked.`,
  movesTo: (state: string, target: string) => `${state} → ${target}`,
  send: (signal: string) => `Send ${signal}`,
  fieldLabels: {
    carrier: 'Carrier',
    trackingNumber: 'Tracking number',
    amount: 'Amount',
  } as Readonly<Record<string, string>>,
  optional: (label: string) => `${label} (optional)`,
  refundable: (amount: string) => `At most ${amount}.`,
  limit: (amount: string) =>
    `Refunds of an order that are together above ${amount} need a fresh proof of identity.`,
  all: (amount: string) => `All: ${amount}`,
  notAnAmount: (decimals: number) =>
    decimals === 0
      ? 'An amount without decimals.'
      : `An amount with at most ${decimals} decimals, such as 5.00.`,
  refund: (amount: string) => `Refund ${amount}`,
  previewWaits: 'Fill in the fields to see what would be written.',
  previewing: 'Trying it out …',
  previewFailed: 'It could not be tried out.',
  moved: (from: number, to: number) => `It has moved meanwhile: from v${from} to v${to}`,
  movedBy: (signal: string, state: string) => `${signal} → ${state}`,
  by: (who: string) => `by ${who}`,
  lookAgain: 'Look again',
  lookAgainFirst: 'Look again first: it has moved meanwhile.',
  movedLead: 'Nothing was changed by you, and what you typed stays.',
  done: (verb: string, key: string) => `Done: ${verb}, ${key}`,
  pausedFor: 'No call of this activity is made until somebody resumes it, for all executions.',
  activity: {
    'run-now': {
      verb: 'Run now',
      lead: 'A worker makes the call within a second, unless it is paused or limited.',
    },
    retry: { verb: 'Retry', lead: 'It gets a full set of attempts.' },
    abandon: {
      verb: 'Abandon',
      lead: 'It is marked as no longer needed, and its secret is erased. Nothing is told to the machine.',
    },
    cancel: {
      verb: 'Cancel the call',
      lead: 'It fails without being made, and the machine is told.',
    },
  },
  replay: 'Replay the signal',
  pause: 'Pause this activity',
  resume: 'Resume this activity',
} as const
