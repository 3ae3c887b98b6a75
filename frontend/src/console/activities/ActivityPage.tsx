import { useParams } from '@tanstack/react-router'
import type { ActivityDetail } from '../../api/types'
import { useLiveQuery } from '../live/polled'
import { ConsolePage, Panel } from '../parts/ConsolePage'
import { Copyable } from '../parts/Copyable'
import { CopyableId } from '../parts/Id'
import { ExecutionLink } from '../parts/ExecutionLink'
import { Fact, Facts } from '../parts/Facts'
import { JsonView } from '../parts/JsonView'
import { Thing } from '../parts/Thing'
import { Time } from '../parts/Time'
import { ActivityDetails } from './ActivityDetails'
import { ActivityLabels } from './columns'
import { activityQuery } from './queries'
import { texts } from './texts'

/** The page of one activity. */
export function ActivityPage() {
  const { id } = useParams({ from: '/console/activities/$id' })
  const query = useLiveQuery(activityQuery(id))
  return (
    <Thing id={id} query={query} words={texts}>
      {(data, failure) => (
        <ConsolePage title={data.name} label={<ActivityLabels activity={data} />}>
          {failure}
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
      )}
    </Thing>
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
