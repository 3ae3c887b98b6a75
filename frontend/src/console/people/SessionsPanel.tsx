import type { OpenSession } from '../../api/types'
import { describeDevice } from '../../shop/account/device'
import { Button } from '../parts/Button'
import { Panel } from '../parts/ConsolePage'
import { MiniTable } from '../parts/MiniTable'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import type { Change } from './changes'
import type { Person } from './queries'
import { texts } from './texts'

type SessionsPanelProps = {
  person: Person
  refusal: string | null
  onChange: (change: Change) => void
}

const { sessions: words } = texts

/** The open sessions of a person, each of which can be ended. */
export function SessionsPanel({ person, refusal, onChange }: SessionsPanelProps) {
  const end: Column<OpenSession> = {
    key: 'end',
    label: words.actions,
    align: 'end',
    render: (session) => (
      <Button
        label={words.endOf(deviceOf(session))}
        refusal={refusal}
        onClick={() => onChange({ kind: 'endSession', session })}
      >
        {words.end}
      </Button>
    ),
  }
  return (
    <Panel
      title={words.title}
      actions={
        <Button refusal={refusal} onClick={() => onChange({ kind: 'endSessions' })}>
          {texts.endSessions}
        </Button>
      }
    >
      <MiniTable
        caption={words.title}
        columns={[...COLUMNS, end]}
        rows={person.sessions}
        idOf={({ id }) => id}
        empty={words.empty}
      />
    </Panel>
  )
}

const COLUMNS: readonly Column<OpenSession>[] = [
  {
    key: 'device',
    label: words.device,
    render: (session) => <span title={session.userAgent}>{deviceOf(session)}</span>,
  },
  { key: 'ip', label: words.ip, render: ({ ipAddress }) => <code>{ipAddress}</code> },
  {
    key: 'methods',
    label: words.methods,
    render: ({ methods }) => methods.join(', ') || texts.none,
  },
  {
    key: 'began',
    label: words.began,
    render: ({ authenticatedAt }) => <Time at={authenticatedAt} />,
  },
  { key: 'used', label: words.used, render: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
]

function deviceOf({ userAgent }: OpenSession): string {
  return describeDevice(userAgent) ?? words.unknown
}
