import classes from './ErrorCell.module.css'

/** The beginning of an error in a table. The whole is in its title and in the row's details. */
export function ErrorCell({ error }: { error: string | null }) {
  if (error === null) return <span>–</span>
  return (
    <span className={classes.error} title={error}>
      {error}
    </span>
  )
}
