import { useLiveQuery } from '../live/polled'
import { ConsolePage } from '../parts/ConsolePage'
import { ListState } from '../table/ListState'
import { ChecksPanel } from './ChecksPanel'
import { FailedCallsPanel } from './FailedCallsPanel'
import { LagsPanel } from './LagsPanel'
import { MoneyPanel } from './MoneyPanel'
import { NeedsPanel } from './NeedsPanel'
import classes from './Overview.module.css'
import { overviewQuery } from './queries'
import { QueuesPanel } from './QueuesPanel'
import { RatesPanel } from './RatesPanel'
import { texts } from './texts'
import { Verdict } from './Verdict'

/** The console's first page: whether the shop is well, at a glance. */
export function OverviewPage() {
  const { data, isPending, error, refetch } = useLiveQuery(overviewQuery())
  return (
    <ConsolePage title={texts.title}>
      <ListState
        isPending={isPending}
        error={error}
        onRetry={() => void refetch()}
        isEmpty={data === undefined}
        isFiltered={false}
      >
        {data !== undefined && (
          <>
            <Verdict overview={data} />
            <RatesPanel overview={data} />
            <div className={classes.grid}>
              <NeedsPanel overview={data} />
              <FailedCallsPanel overview={data} />
              <LagsPanel overview={data} />
              <QueuesPanel overview={data} />
              <MoneyPanel overview={data} />
              <ChecksPanel overview={data} />
            </div>
          </>
        )}
      </ListState>
    </ConsolePage>
  )
}
