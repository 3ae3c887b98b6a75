import { getRouteApi, Link } from '@tanstack/react-router'
import { isStatus } from '../../api/problem'
import { LoadError } from '../../ui/LoadError'
import { useLiveQuery } from '../live/polled'
import { ConsolePage } from '../parts/ConsolePage'
import { shortId } from '../parts/Id'
import { ExecutionSkeleton } from './ExecutionSkeleton'
import { ExecutionView } from './ExecutionView'
import { executionQuery, orderQuery, type Place } from './queries'
import { texts } from './texts'

const route = getRouteApi('/console/executions/$machine/$id')

/** The page of one execution of any machine: its state, why it waits, its history, its actions. */
export function ExecutionPage() {
  const { machine, id } = route.useParams()
  // Another execution is another page: nothing of the last one may stay.
  return <LiveExecution key={`${machine} ${id}`} place={{ machine, id }} />
}

function LiveExecution({ place }: { place: Place }) {
  const execution = useLiveQuery(executionQuery(place))
  const order = useLiveQuery({ ...orderQuery(place.id), enabled: place.machine === 'order' })
  if (isStatus(execution.error, 404, 422)) return <UnknownExecution />
  if (execution.data !== undefined) {
    return (
      <>
        {execution.error !== null && (
          <LoadError error={execution.error} onRetry={() => void execution.refetch()} />
        )}
        <ExecutionView execution={execution.data} order={order.data} />
      </>
    )
  }
  return (
    <ConsolePage title={texts.title(place.machine, shortId(place.id))}>
      {execution.error !== null ? (
        <LoadError error={execution.error} onRetry={() => void execution.refetch()} />
      ) : (
        <ExecutionSkeleton />
      )}
    </ConsolePage>
  )
}

function UnknownExecution() {
  return (
    <ConsolePage title={texts.unknown.title} lead={texts.unknown.lead}>
      <p>
        <Link to="/console/executions">{texts.unknown.back}</Link>
      </p>
    </ConsolePage>
  )
}
