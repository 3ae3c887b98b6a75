import classes from './FrameSkeleton.module.css'

/** The place of the frame until the operator is known. */
export function FrameSkeleton() {
  return (
    <div className={classes.frame} aria-hidden="true">
      <div className={classes.bar} />
      <div className={classes.side} />
    </div>
  )
}
