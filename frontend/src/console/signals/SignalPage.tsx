import { useParams } from '@tanstack/react-router'
import type { SignalDetail } from '../../api/types'
import { useRefusal } from '../frame/me'
import { useLiveQuery } from '../live/polled'
import { ConsolePage, Panel } from '../parts/ConsolePage'
import { Copyable } from '../parts/Copyable'
import { Fact, Facts } from '../parts/Facts'
import { JsonView } from '../parts/JsonView'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import { ListState } from '../table/ListState'
import { SIGNAL_KINDS, signalQuery } from './queries'
import { SignalDetails } from './SignalDetails'
import classes from './Signals.module.css'
import { texts } from './texts'

/** The page of one signal. */
export function SignalPage() {
  const { id } = useParams({ from: '/console/signals/$id' })
  const { data, isPending, error, refetch } = useLiveQuery(signalQuery(id))
  return (
    <ConsolePage
      title={data?.kind ?? texts.title}
      heading={
        data && (
          <span className={classes.heading}>
            {data.kind} <StateLabel kind={SIGNAL_KINDS[data.state]} state={data.state} />
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
            <Panel title={texts.now}>
              <SignalDetails signal={data} />
            </Panel>
            <Panel title={texts.facts}>
              <SignalFacts signal={data} />
            </Panel>
            <Panel title={texts.payload}>
              <Payload signal={data} />
            </Panel>
          </>
        )}
      </ListState>
    </ConsolePage>
  )
}

function Payload({ signal }: { signal: SignalDetail }) {
  const isForAdmin = useRefusal('admin') !== null
  if (!signal.hasPayload) return <p className={classes.note}>{texts.payloadErased}</p>
  if (isForAdmin) return <p className={classes.note}>{texts.payloadForAdmin}</p>
  return <JsonView value={signal.payload} fileName={`signal-${signal.id}.json`} />
}

function SignalFacts({ signal }: { signal: SignalDetail }) {
  const { columns } = texts
  const { subjectId, appliedAt, state, dueAt } = signal
  return (
    <Facts>
      <Fact name={columns.source}>{signal.source}</Fact>
      <Fact name={columns.external}>
        <Copyable text={signal.externalId} />
      </Fact>
      <Fact name={columns.subject}>{subjectId && <Copyable text={subjectId} />}</Fact>
      <Fact name={columns.received}>
        <Time at={signal.receivedAt} show="full" />
      </Fact>
      <Fact name={columns.applied}>{appliedAt && <Time at={appliedAt} show="full" />}</Fact>
      <Fact name={columns.next}>{state === 'stored' && <Time at={dueAt} show="full" />}</Fact>
      <Fact name={columns.attempts}>{String(signal.attempts)}</Fact>
      <Fact name={columns.id}>
        <Copyable text={signal.id} />
      </Fact>
    </Facts>
  )
}
