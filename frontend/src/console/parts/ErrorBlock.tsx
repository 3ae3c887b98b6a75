import classes from './ErrorCell.module.css'
import { ScrollRegion } from './ScrollRegion'

type ErrorBlockProps = { label: string; error: string | null }

/** The whole of an error, as it was recorded. Renders nothing without one. */
export function ErrorBlock({ label, error }: ErrorBlockProps) {
  if (error === null) return null
  return (
    <ScrollRegion className={classes.block} label={label}>
      <code>{error}</code>
    </ScrollRegion>
  )
}
