import { type ReactNode, useId, useState } from 'react'
import { Dialog } from '../../ui/Dialog'
import { ErrorText } from '../../ui/ErrorText'
import { Button } from './Button'
import classes from './ConfirmDialog.module.css'
import { texts } from './texts'

type ConfirmDialogProps = {
  title: string
  /** What the action does, and to what. */
  children: ReactNode
  confirm: string
  /** `grave` is drawn as a danger. */
  danger?: 'plain' | 'grave'
  reason?: 'none' | 'optional' | 'required'
  /** A word or a count that has to be typed, for what cannot be taken back. */
  typed?: string
  /** The reason as it stands, for a page that keeps what was typed; else the dialog keeps it. */
  draft?: { reason: string; onReason: (reason: string) => void }
  /** Something that the page asks for is missing. */
  isIncomplete?: boolean
  /** What is shown below the fields, such as a preview. */
  below?: ReactNode
  size?: number
  isBusy: boolean
  error?: unknown
  refusal?: string | null
  onConfirm: (answer: { reason: string; typed: string }) => void
  onClose: () => void
}

const MAX_REASON_LENGTH = 500

/**
 * The question before an action, sized to its danger. It stays open, with all that was typed, until
 * the page closes it: a step-up or a refusal loses nothing.
 */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, confirm, danger = 'plain', reason: need = 'required', typed } = props
  const id = useId()
  const [ownReason, setOwnReason] = useState('')
  const reason = props.draft?.reason ?? ownReason
  const setReason = props.draft?.onReason ?? setOwnReason
  const [word, setWord] = useState('')
  const isReady =
    props.isIncomplete !== true &&
    (need !== 'required' || reason.trim() !== '') &&
    (typed === undefined || word.trim() === typed)
  return (
    <Dialog title={title} size={props.size} onClose={props.onClose}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !props.isBusy && !props.refusal) {
            props.onConfirm({ reason: reason.trim(), typed: word.trim() })
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
              onChange={(event) => setReason(event.currentTarget.value)}
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
              onChange={(event) => setWord(event.currentTarget.value)}
            />
          </div>
        )}
        {props.below}
        <ErrorText error={props.error} />
        <div className={classes.buttons}>
          <Button onClick={props.onClose}>{texts.cancel}</Button>
          <Button
            type="submit"
            kind={danger === 'grave' ? 'danger' : 'primary'}
            isBusy={props.isBusy}
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
