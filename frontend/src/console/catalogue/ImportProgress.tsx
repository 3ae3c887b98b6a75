import classes from './Import.module.css'

/** The progress of a request that takes as long as its file is large. */
export function ImportProgress({ label }: { label: string }) {
  return (
    <div className={classes.progress} role="status">
      <p>{label}</p>
      <progress aria-label={label} />
    </div>
  )
}
