import { ErrorText } from '../../ui/ErrorText'
import classes from './FailureNote.module.css'

/** The reason of a failure in a place that has little room. Renders nothing without an error. */
export function FailureNote({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null
  return (
    <div className={classes.note}>
      <ErrorText error={error} />
    </div>
  )
}
