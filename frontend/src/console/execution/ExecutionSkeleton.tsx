import { Skeleton } from '@mantine/core'
import classes from './Execution.module.css'

/** The place of an execution that is being loaded. */
export function ExecutionSkeleton() {
  return (
    <div aria-busy="true" className={classes.columns}>
      <div className={classes.main}>
        <Skeleton height={98} radius={10} />
        <Skeleton height={260} radius={10} />
        <Skeleton height={420} radius={10} />
      </div>
      <div className={classes.side}>
        <Skeleton height={180} radius={10} />
        <Skeleton height={240} radius={10} />
      </div>
    </div>
  )
}
