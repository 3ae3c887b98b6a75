import { useParams } from '@tanstack/react-router'
import type { BulkView } from '../../api/types'
import { useLiveQuery } from '../live/polled'
import { ConsolePage, Panel } from '../parts/ConsolePage'
import { CopyableId } from '../parts/Id'
import { Fact, Facts } from '../parts/Facts'
import { StateLabel } from '../parts/StateLabel'
import { Thing } from '../parts/Thing'
import { Time } from '../parts/Time'
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
  const query = useLiveQuery(jobQuery(id), { everyMs: EVERY_MS })
  return (
    <Thing id={id} query={query} words={texts}>
      {(data, failure) => (
        <ConsolePage
          title={texts.actions[data.action]}
          label={<StateLabel kind={BULK_KINDS[data.state]} state={data.state} />}
          lead={texts.states[data.state]}
          actions={<JobActions job={data} />}
        >
          {failure}
          <Panel>
            <Progress job={data} />
          </Panel>
          <Panel>
            <JobFacts job={data} />
          </Panel>
          <JobResults job={data} />
        </ConsolePage>
      )}
    </Thing>
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
