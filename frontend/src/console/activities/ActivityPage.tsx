import { useParams } from '@tanstack/react-router'
import type { ActivityDetail } from '../../api/types'
import { LoadError } from '../../ui/LoadError'
import { useLiveQuery } from '../live/polled'
import { ConsolePage, Panel } from '../parts/ConsolePage'
import { Copyable } from '../parts/Copyable'
import { CopyableId } from '../parts/Id'
import { ExecutionLink } from '../parts/ExecutionLink'
import { Fact, Facts } from '../parts/Facts'
import { JsonView } from '../parts/JsonView'
import { ThingState } from '../parts/ThingState'
import { Time } from '../parts/Time'
import { ActivityDetails } from './ActivityDetails'
import classes from './Activities.module.css'
import { ActivityLabels } from './columns'
import { activityQuery } from './queries'
import { texts } from './texts'

/** The page of one activity. */
export function ActivityPage() {
  const { id } = useParams({ from: '/console/activities/$id' })
  const { data, error, refetch } = useLiveQuery(activityQuery(id))
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
  return (
    <ConsolePage
      title={data.name}
      heading={
        <span className={classes.heading}>
          {data.name} <ActivityLabels activity={data} />
        </span>
      }
    >
      {error !== null && <LoadError error={error} onRetry={() => void refetch()} />}
      <Panel title={texts.why}>
        <ActivityDetails activity={data} />
      </Panel>
      <Panel title={texts.facts}>
        <ActivityFacts activity={data} />
      </Panel>
      <Panel title={texts.payload}>
        <JsonView value={data.payload} fileName={`activity-${data.id}.json`} />
      </Panel>
    </ConsolePage>
  )
}

function ActivityFacts({ activity }: { activity: ActivityDetail }) {
  const { columns } = texts
  const { queue, provider, providerRequestId, finishedAt } = activity
  return (
    <Facts>
      <Fact name={columns.subject}>
        <ExecutionLink machine={activity.machine} id={activity.subjectId} />
      </Fact>
      <Fact name={columns.attempts}>{texts.attempts(activity.attempts, activity.maxAttempts)}</Fact>
      <Fact name={columns.created}>
        <Time at={activity.createdAt} show="full" />
      </Fact>
      <Fact name={columns.finished}>{finishedAt && <Time at={finishedAt} show="full" />}</Fact>
      <Fact name={columns.queue}>{queue}</Fact>
      <Fact name={columns.provider}>{provider}</Fact>
      <Fact name={columns.request}>
        {providerRequestId && <Copyable text={providerRequestId} />}
      </Fact>
      <Fact name={columns.id}>
        <CopyableId id={activity.id} />
      </Fact>
    </Facts>
  )
}
