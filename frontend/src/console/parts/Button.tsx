import { type ReactNode, useId } from 'react'
import classes from './Button.module.css'

type ButtonProps = {
  children: ReactNode
  kind?: 'primary' | 'default' | 'quiet' | 'danger'
  type?: 'button' | 'submit'
  /** Why the operator may not do this now. The button stays, disabled, and says the reason. */
  refusal?: string | null
  isBusy?: boolean
  isDisabled?: boolean
  /** The accessible name of a button that shows an icon only. */
  label?: string
  onClick?: () => void
}

/** A button of the console. What is not permitted stays visible, with its reason. */
export function Button({
  children,
  kind = 'default',
  type = 'button',
  refusal = null,
  isBusy = false,
  isDisabled = false,
  label,
  onClick,
}: ButtonProps) {
  const id = useId()
  const isOff = refusal !== null || isDisabled || isBusy
  return (
    <>
      <button
        type={type}
        className={classes.button}
        data-kind={kind}
        data-busy={isBusy}
        aria-label={label}
        title={refusal ?? label}
        // Focusable all the same: the keyboard and screen readers reach the reason.
        aria-disabled={isOff}
        aria-describedby={refusal === null ? undefined : id}
        onClick={(event) => {
          if (isOff) event.preventDefault()
          else onClick?.()
        }}
      >
        {children}
      </button>
      {refusal !== null && (
        <span id={id} className="visually-hidden">
          {refusal}
        </span>
      )}
    </>
  )
}
