import type { BulkView } from '../../api/types'
import { countText } from '../parts/Count'
import classes from './Bulk.module.css'
import { RESULT_STATES } from './queries'
import { texts } from './texts'

const PARTS = [
  'changed',
  'unchanged',
  'refused',
  'waiting',
] as const satisfies readonly (typeof RESULT_STATES)[number][]

/** Return a number as it is written everywhere. */
function numberText(number: number): string {
  return countText({ number, isExact: true })
}

/** How far a job is, as a bar with its parts. */
export function ProgressBar({ job }: { job: BulkView }) {
  const finished = job.total - job.waiting
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label={texts.progress.label}
      aria-valuemin={0}
      aria-valuemax={job.total}
      aria-valuenow={finished}
      aria-valuetext={texts.progress.of(numberText(finished), numberText(job.total))}
    >
      {PARTS.map((part) => (
        <span key={part} data-part={part} style={{ flexGrow: job[part], flexBasis: 0 }} />
      ))}
    </div>
  )
}

/** How far a job is, small enough for a table. */
export function SmallProgress({ job }: { job: BulkView }) {
  const finished = numberText(job.total - job.waiting)
  return (
    <div className={classes.small}>
      <ProgressBar job={job} />
      <span className="tabular">{texts.progress.of(finished, numberText(job.total))}</span>
    </div>
  )
}

/** How far a job is, with the number of rows of each result. */
export function Progress({ job }: { job: BulkView }) {
  const finished = numberText(job.total - job.waiting)
  return (
    <div className={classes.progress}>
      <p className={classes.count}>{texts.progress.of(finished, numberText(job.total))}</p>
      <ProgressBar job={job} />
      <ul className={classes.legend}>
        {PARTS.map((part) => (
          <li key={part} data-part={part}>
            <strong className="tabular">{numberText(job[part])}</strong>{' '}
            {texts.results[part].toLowerCase()}
          </li>
        ))}
      </ul>
    </div>
  )
}
