/** The texts of the calls and messages that an execution waits for. */
export const texts = {
  title: 'Calls and messages',
  tries: (count: number, max: number | null) =>
    max === null ? `${count} tries` : `${count} of ${max} tries`,
  due: 'due',
  paused: (reason: string) => `paused: ${reason}.`,
  resume: 'Resume it',
  noAnswer: (count: number) =>
    count === 1 ? 'One try had no answer.' : `${count} tries had no answer.`,
  givingUp: 'It gave up; the machine could not be told yet.',
} as const
