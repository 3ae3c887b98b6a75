import { useLiveQuery } from '../live/polled'
import { ConsolePage } from '../parts/ConsolePage'
import { ListState } from '../table/ListState'
import { LimitsPanel } from './LimitsPanel'
import { PausesPanel } from './PausesPanel'
import { controlsQuery } from './queries'
import { texts } from './texts'

/** The page on which calls to providers are held back, or slowed down. */
export function ControlsPage() {
  const { data, isPending, error, refetch } = useLiveQuery(controlsQuery())
  return (
    <ConsolePage title={texts.title} lead={texts.lead}>
      <ListState
        isPending={isPending}
        error={error}
        onRetry={() => void refetch()}
        isEmpty={data === undefined}
        isFiltered={false}
      >
        {data !== undefined && (
          <>
            <PausesPanel controls={data} />
            <LimitsPanel controls={data} />
          </>
        )}
      </ListState>
    </ConsolePage>
  )
}
