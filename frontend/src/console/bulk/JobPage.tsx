import { useParams } from '@tanstack/react-router'
import type { BulkView } from '../../api/types'
import { LoadError } from '../../ui/LoadError'
import { useLiveQuery } from '../live/polled'
import { ConsolePage, Panel } from '../parts/ConsolePage'
import { CopyableId } from '../parts/Id'
import { Fact, Facts } from '../parts/Facts'
import { StateLabel } from '../parts/StateLabel'
import { ThingState } from '../parts/ThingState'
import { Time } from '../parts/Time'
import classes from './Bulk.module.css'
import { JobActions } from './JobActions'
import { JobResults } from './JobResults'
import { Progress } from './Progress'
import { BULK_KINDS, jobQuery } from './queries'
import { texts } from './texts'

const EVERY_MS = 2000
const FILTER_NAMES: Record<string, string> = texts.filterNames

/** The page of one bulk job: its progress, and the result for each row. */
export function JobPage() {
  const { id } = useParams({ from: '/console/bulk/$id' })
  const { data, error, refetch } = useLiveQuery(jobQuery(id), { everyMs: EVERY_MS })
  if (data === undefined || data.id !== id) {
    return (
      <ThingState
        title={texts.title}
        error={error}
        missing={texts.missing}
        missingLead={texts.missingLead}
        onRetry={() => void refetch()}
      />
    )
  }
  const title = texts.actions[data.action]
  return (
    <ConsolePage
      title={title}
      heading={
        <span className={classes.heading}>
          {title} <StateLabel kind={BULK_KINDS[data.state]} state={data.state} />
        </span>
      }
      lead={texts.states[data.state]}
      actions={<JobActions job={data} />}
    >
      {error !== null && <LoadError error={error} onRetry={() => void refetch()} />}
      <Panel>
        <Progress job={data} />
      </Panel>
      <Panel>
        <JobFacts job={data} />
      </Panel>
      <JobResults job={data} />
    </ConsolePage>
  )
}

function JobFacts({ job }: { job: BulkView }) {
  const { columns } = texts
  return (
    <Facts>
      <Fact name={columns.reason}>{job.reason}</Fact>
      <Fact name={columns.actor}>{job.actorEmail ?? job.actor}</Fact>
      <Fact name={columns.created}>
        <Time at={job.createdAt} show="full" />
      </Fact>
      <Fact name={columns.updated}>
        <Time at={job.updatedAt} show="full" />
      </Fact>
      <Fact name={columns.filters}>{describe(job.filters)}</Fact>
      <Fact name={columns.options}>{describe(job.options)}</Fact>
      <Fact name={columns.id}>
        <CopyableId id={job.id} />
      </Fact>
    </Facts>
  )
}

/** Return filters or options in words; of selected rows only how many they are. */
function describe(values: Record<string, unknown>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const words = Array.isArray(value) ? String(value.length) : String(value)
      return `${FILTER_NAMES[name] ?? name}: ${words}`
    })
    .join(', ')
}
