import { type ReactNode, useId } from 'react'
import classes from './Field.module.css'

type Control = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }

type FieldProps = {
  label: string
  hint?: string
  /** What is wrong with the value. */
  error?: string | undefined
  /** Render the control with these attributes. */
  children: (control: Control) => ReactNode
}

/** A field of a form, with its label, its hint, and what is wrong with its value. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const note = error ?? hint
  return (
    <div className={classes.field} data-invalid={error !== undefined}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': note === undefined ? undefined : `${id}-note`,
        'aria-invalid': error !== undefined,
      })}
      {note !== undefined && (
        <p id={`${id}-note`} role={error === undefined ? undefined : 'alert'}>
          {note}
        </p>
      )}
    </div>
  )
}
