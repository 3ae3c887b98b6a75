import { useParams } from '@tanstack/react-router'
import type { ActivityDetail } from '../../api/types'
import { useLiveQuery } from '../live/polled'
import { ConsolePage, Panel } from '../parts/ConsolePage'
import { Copyable } from '../parts/Copyable'
import { ExecutionLink } from '../parts/ExecutionLink'
import { Fact, Facts } from '../parts/Facts'
import { JsonView } from '../parts/JsonView'
import { Time } from '../parts/Time'
import { ListState } from '../table/ListState'
import { ActivityDetails } from './ActivityDetails'
import classes from './Activities.module.css'
import { ActivityLabels } from './columns'
import { activityQuery } from './queries'
import { texts } from './texts'

/** The page of one activity. */
export function ActivityPage() {
  const { id } = useParams({ from: '/console/activities/$id' })
  const { data, isPending, error, refetch } = useLiveQuery(activityQuery(id))
  return (
    <ConsolePage
      title={data?.name ?? texts.title}
      heading={
        data && (
          <span className={classes.heading}>
            {data.name} <ActivityLabels activity={data} />
          </span>
        )
      }
    >
      <ListState
        isPending={isPending}
        error={error}
        onRetry={() => void refetch()}
        isEmpty={data === undefined}
        isFiltered={false}
      >
        {data !== undefined && (
          <>
            <Panel title={texts.why}>
              <ActivityDetails activity={data} />
            </Panel>
            <Panel title={texts.facts}>
              <ActivityFacts activity={data} />
            </Panel>
            <Panel title={texts.payload}>
              <JsonView value={data.payload} fileName={`activity-${data.id}.json`} />
            </Panel>
          </>
        )}
      </ListState>
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
        <Copyable text={activity.id} />
      </Fact>
    </Facts>
  )
}
