import { useParams } from '@tanstack/react-router'
import type { SignalDetail } from '../../api/types'
import { useRefusal } from '../frame/me'
import { useLiveQuery } from '../live/polled'
import { ConsolePage, Panel } from '../parts/ConsolePage'
import { Copyable } from '../parts/Copyable'
import { SubjectLink } from '../parts/ExecutionLink'
import { CopyableId } from '../parts/Id'
import { Fact, Facts } from '../parts/Facts'
import { JsonView } from '../parts/JsonView'
import { StateLabel } from '../parts/StateLabel'
import { Thing } from '../parts/Thing'
import { Time } from '../parts/Time'
import { SIGNAL_KINDS, signalQuery } from './queries'
import { SignalDetails } from './SignalDetails'
import classes from './Signals.module.css'
import { texts } from './texts'

/** The page of one signal. */
export function SignalPage() {
  const { id } = useParams({ from: '/console/signals/$id' })
  const query = useLiveQuery(signalQuery(id))
  return (
    <Thing id={id} query={query} words={texts}>
      {(data, failure) => (
        <ConsolePage
          title={data.kind}
          label={<StateLabel kind={SIGNAL_KINDS[data.state]} state={data.state} />}
        >
          {failure}
          <Panel title={texts.now}>
            <SignalDetails signal={data} />
          </Panel>
          <Panel title={texts.facts}>
            <SignalFacts signal={data} />
          </Panel>
          <Panel title={texts.payload}>
            <Payload signal={data} />
          </Panel>
        </ConsolePage>
      )}
    </Thing>
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
      <Fact name={columns.subject}>{subjectId && <SubjectLink id={subjectId} />}</Fact>
      <Fact name={columns.received}>
        <Time at={signal.receivedAt} show="full" />
      </Fact>
      <Fact name={columns.applied}>{appliedAt && <Time at={appliedAt} show="full" />}</Fact>
      <Fact name={columns.next}>{state === 'stored' && <Time at={dueAt} show="full" />}</Fact>
      <Fact name={columns.attempts}>{String(signal.attempts)}</Fact>
      <Fact name={columns.id}>
        <CopyableId id={signal.id} />
      </Fact>
    </Facts>
  )
}
