import { type ReactNode, useEffect, useId, useRef } from 'react'
import classes from './CodeField.module.css'

export const CODE_LENGTH = 6

type CodeFieldProps = {
  label: string
  value: string
  error?: ReactNode
  /** The code is being checked: the field keeps the focus, and its digits. */
  busy?: boolean
  onChange: (code: string) => void
  /** Called once all digits are there. */
  onComplete: (code: string) => void
}

/**
 * The field for a six-digit code: one input, drawn as six boxes.
 *
 * A single input lets browsers offer the code from a message, and people paste it with spaces.
 */
export function CodeField({ label, value, error, busy, onChange, onComplete }: CodeFieldProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  // The person has just asked for this code, and has nothing else to do here.
  useEffect(() => input.current?.focus(), [])
  const change = (typed: string) => {
    const code = typed.replaceAll(/\D/g, '').slice(0, CODE_LENGTH)
    onChange(code)
    if (code.length === CODE_LENGTH && code !== value) onComplete(code)
  }
  return (
    <div className={classes.field}>
      <label htmlFor={id} className={classes.label}>
        {label}
      </label>
      <div className={classes.boxes} data-invalid={Boolean(error)}>
        <input
          ref={input}
          id={id}
          className={classes.input}
          value={value}
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]*"
          readOnly={busy}
          aria-busy={busy}
          aria-invalid={Boolean(error)}
          aria-describedby={error ? `${id}-error` : undefined}
          onChange={(event) => change(event.currentTarget.value)}
          onPaste={(event) => {
            // A limit of the field's length would cut a code that is pasted with spaces.
            event.preventDefault()
            if (!busy) change(event.clipboardData.getData('text'))
          }}
        />
        {Array.from({ length: CODE_LENGTH }, (_, place) => (
          <span
            key={place}
            className={classes.box}
            data-current={place === Math.min(value.length, CODE_LENGTH - 1)}
            aria-hidden="true"
          >
            {value[place] ?? ''}
          </span>
        ))}
      </div>
      <p id={`${id}-error`} className={classes.error} role="alert">
        {error}
      </p>
    </div>
  )
}
