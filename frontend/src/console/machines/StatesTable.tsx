import { Link } from '@tanstack/react-router'
import { Panel } from '../parts/ConsolePage'
import { Count } from '../parts/Count'
import { durationText } from '../parts/duration'
import { StateLabel } from '../parts/StateLabel'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import type { MachineView } from './queries'
import { texts } from './texts'

type StateView = MachineView['states'][number]

/** The states of a machine: how many executions are in each, and how long they stay. */
export function StatesTable({ machine }: { machine: MachineView }) {
  const { columns, none } = texts
  const seconds = (value: number | null) => (value === null ? none : durationText(value * 1000))
  const all: readonly Column<StateView>[] = [
    {
      key: 'state',
      label: columns.state,
      render: ({ kind, name }) => <StateLabel kind={kind} state={name} />,
    },
    {
      key: 'facts',
      label: columns.note,
      render: ({ isFinal, isRetired }) =>
        [isFinal && texts.final, isRetired && texts.retired].filter(Boolean).join(', '),
    },
    {
      key: 'count',
      label: columns.count,
      align: 'end',
      render: ({ name, count }) => (
        <Link to="/console/executions" search={{ machine: machine.name, state: name }}>
          <Count value={count} />
        </Link>
      ),
    },
    {
      key: 'p50',
      label: columns.p50,
      align: 'end',
      render: ({ p50Seconds }) => <span className="tabular">{seconds(p50Seconds)}</span>,
    },
    {
      key: 'p95',
      label: columns.p95,
      align: 'end',
      render: ({ p95Seconds }) => <span className="tabular">{seconds(p95Seconds)}</span>,
    },
  ]
  return (
    <Panel title={texts.states} isPlain>
      <DataTable
        caption={texts.statesCaption(machine.name)}
        columns={all}
        rows={machine.states}
        idOf={({ name }) => name}
        nameOf={({ name }) => name}
      />
    </Panel>
  )
}
