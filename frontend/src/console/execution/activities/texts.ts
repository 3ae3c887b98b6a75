/** The texts of the calls and messages that an execution waits for. */
export const texts = {
  title: 'Calls and messages',
  tries: (count: number, max: number | null) =>
    max === null ? `${count} tries` : `${count} of ${max} tries`,
  due: 'due',
  noAnswer: (count: number) =>
    count === 1 ? 'One try had no answer.' : `${count} tries had no answer.`,
  givingUp: 'It gave up; the machine could not be told yet.',
  verbs: {
    'run-now': 'Run now',
    retry: 'Retry',
    abandon: 'Abandon',
    cancel: 'Cancel the call',
    pause: 'Pause this activity',
    replay: 'Replay',
  },
  leads: {
    'run-now': 'A worker makes the call within a second.',
    retry: 'It gets a full set of tries.',
    abandon: 'It is marked as no longer needed, and its secret is erased. The machine is not told.',
    cancel: 'It fails without being made, and the machine is told.',
    pause:
      'No call of this name is made, for any execution, until somebody resumes it on the page of the controls.',
    replay: 'The message is applied again, as if it had come now.',
  },
  done: (verb: string, name: string) => `Done: ${verb}, ${name}`,
} as const
