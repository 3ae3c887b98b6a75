import { type Draft, useDraft } from './draft'
import { type ActionOptions, useAction } from './useAction'

/** All that was typed; the reason may be empty. */
export type Answer = Draft & { reason: string }

type QuestionOptions<Result> = Omit<ActionOptions<Answer, Result>, 'isQuiet'> & {
  /** The name under which this tab remembers what was typed. */
  name: string
  onClose: () => void
}

/** The question before an action: what was typed, and whether the action is under way. */
export type Question = ReturnType<typeof useQuestion>

/**
 * Return the question before an action, for a ConfirmDialog. What was typed is kept until the
 * action is done or the operator gives it up; then the question closes.
 */
export function useQuestion<Result>({ name, onClose, ...action }: QuestionOptions<Result>) {
  const { draft, change, clear } = useDraft(name)
  const { mutate, reset, isPending, error } = useAction({
    ...action,
    onDone: (result, answer) => {
      close()
      action.onDone?.(result, answer)
    },
    isQuiet: true,
  })
  function close() {
    clear()
    reset()
    onClose()
  }
  return { draft, change, close, confirm: mutate, reset, isBusy: isPending, error }
}
