import { Panel } from '../parts/ConsolePage'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import type { MachineView } from './queries'
import { texts } from './texts'

type ArrowView = MachineView['arrows'][number]

const { columns, none } = texts

const COLUMNS: readonly Column<ArrowView>[] = [
  {
    key: 'signal',
    label: columns.signal,
    render: ({ signal, isRetired }) => (
      <>
        <code>{signal}</code> {isRetired && texts.retired}
      </>
    ),
  },
  { key: 'from', label: columns.from, render: ({ source }) => source ?? none },
  {
    key: 'to',
    label: columns.to,
    render: ({ source, target }) => (source === target ? texts.stays : target),
  },
  {
    key: 'lastHour',
    label: columns.lastHour,
    align: 'end',
    render: ({ lastHour }) => <span className="tabular">{lastHour}</span>,
  },
  {
    key: 'activities',
    label: columns.activities,
    render: ({ activities }) => (activities.length === 0 ? none : activities.join(', ')),
  },
  {
    key: 'writes',
    label: columns.writes,
    render: ({ writes }) => (writes.length === 0 ? none : writes.join(', ')),
  },
]

/** The arrows of a machine: each signal with its way, and what it starts and writes. */
export function ArrowsTable({ machine }: { machine: MachineView }) {
  return (
    <Panel title={texts.arrows} isPlain>
      <DataTable
        caption={texts.arrowsCaption(machine.name)}
        columns={COLUMNS}
        rows={machine.arrows}
        idOf={({ signal, source, target }) => `${signal} ${source} ${target}`}
        nameOf={({ signal }) => signal}
      />
    </Panel>
  )
}
