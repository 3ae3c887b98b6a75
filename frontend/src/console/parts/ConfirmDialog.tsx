import { type ReactNode, useId } from 'react'
import { Dialog } from '../../ui/Dialog'
import { ErrorText } from '../../ui/ErrorText'
import { Button } from './Button'
import classes from './ConfirmDialog.module.css'
import { texts } from './texts'
import type { Question } from './useQuestion'

type ConfirmDialogProps = {
  question: Question
  title: string
  /** What the action does, and to what. */
  children: ReactNode
  confirm: string
  /** `grave` is drawn as a danger. */
  danger?: 'plain' | 'grave'
  reason?: 'none' | 'optional' | 'required'
  /** A word or a count that has to be typed, for what cannot be taken back. */
  typed?: string
  /** Something that the page asks for is missing. */
  isIncomplete?: boolean
  /** What is shown below the fields, such as a preview. */
  below?: ReactNode
  size?: number
  refusal?: string | null
}

const MAX_REASON_LENGTH = 500

/**
 * The question before an action, sized to its danger. It stays open, with all that was typed, until
 * the action is done: a step-up, a refusal or a lost connection loses nothing.
 */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, confirm, danger = 'plain', reason: need = 'required', typed } = props
  const { question } = props
  const id = useId()
  const { reason = '', typed: word = '' } = question.draft
  const isReady =
    props.isIncomplete !== true &&
    (need !== 'required' || reason.trim() !== '') &&
    (typed === undefined || word.trim() === typed)
  return (
    <Dialog title={title} size={props.size} onClose={question.close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !props.refusal) {
            question.confirm({ ...question.draft, reason: reason.trim() })
          }
        }}
      >
        <div className={classes.words}>{children}</div>
        {need !== 'none' && (
          <div className={classes.field}>
            <label htmlFor={`${id}-reason`}>
              {need === 'required' ? texts.reason : texts.reasonOptional}
            </label>
            <textarea
              id={`${id}-reason`}
              data-autofocus
              rows={2}
              maxLength={MAX_REASON_LENGTH}
              required={need === 'required'}
              aria-describedby={`${id}-hint`}
              value={reason}
              onChange={(event) => question.change({ reason: event.currentTarget.value })}
            />
            <p id={`${id}-hint`}>{texts.reasonHint}</p>
          </div>
        )}
        {typed !== undefined && (
          <div className={classes.field}>
            <label htmlFor={`${id}-typed`}>{texts.typeToConfirm(typed)}</label>
            <input
              id={`${id}-typed`}
              value={word}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => question.change({ typed: event.currentTarget.value })}
            />
          </div>
        )}
        {props.below}
        <ErrorText error={question.error} />
        <div className={classes.buttons}>
          <Button onClick={question.close}>{texts.cancel}</Button>
          <Button
            type="submit"
            kind={danger === 'grave' ? 'danger' : 'primary'}
            isBusy={question.isBusy}
            isDisabled={!isReady}
            refusal={props.refusal}
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
