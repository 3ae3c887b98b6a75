/** The texts of what can be done about calls and messages. */
export const texts = {
  verbs: {
    'run-now': 'Run now',
    retry: 'Retry',
    abandon: 'Abandon',
    cancel: 'Cancel the call',
    pause: 'Pause this activity',
    replay: 'Replay',
  },
  /** The words of a button that asks first. */
  asked: (verb: string) => `${verb}…`,
  leads: {
    'run-now': 'A worker makes the call within a second, unless it is paused or limited.',
    retry: 'It gets a full set of attempts.',
    abandon:
      'The call is marked as no longer needed and is never made again. Its secret is erased, and the machine is not told.',
    cancel: 'The call is not made any more. It fails, and its machine is told so.',
    pause:
      'No call of this name is made, for any execution, until somebody resumes it on the page of the controls.',
    replay: 'The message is applied again, as if it had come now.',
  },
  done: {
    'run-now': (name: string) => `${name} is due now.`,
    retry: (name: string) => `${name} has a full set of attempts again.`,
    abandon: (name: string) => `${name} is abandoned.`,
    cancel: (name: string) => `${name} is cancelled.`,
    pause: (name: string) => `${name} is paused.`,
    replay: (name: string) => `${name} is applied again by the next sweep.`,
  },
  maybeSent: (count: number) =>
    `${count === 1 ? 'One attempt' : `${count} attempts`} ended without an answer: the call may have been carried out.`,
  cancelMaybeSent: 'Cancel it although the call may have been carried out',
} as const
