import classes from './Charts.module.css'
import { sparklinePaths } from './sparkline'

type SparklineProps = {
  /** Values at equal distances, the newest last. */
  values: readonly number[]
  /** What the line shows, with its figures in words. */
  label: string
  tone?: 'accent' | 'failed' | 'good'
  width?: number
  height?: number
}

/** A small line of values over time. */
export function Sparkline({
  values,
  label,
  tone = 'accent',
  width = 120,
  height = 28,
}: SparklineProps) {
  const { line, area } = sparklinePaths(values, width, height)
  return (
    <svg
      className={classes.sparkline}
      data-tone={tone}
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
    >
      <title>{label}</title>
      <path d={area} className={classes.area} />
      <path d={line} className={classes.line} />
    </svg>
  )
}
