import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { Notice } from '../../ui/Notice'
import { StateDiagram } from '../diagram/StateDiagram'
import { useLiveQuery } from '../live/polled'
import { ConsolePage } from '../parts/ConsolePage'
import { ListState } from '../table/ListState'
import { ArrowsTable } from './ArrowsTable'
import { diagramArrows, diagramStates } from './diagram'
import { MachineChoice } from './MachineChoice'
import { MachineFacts } from './MachineFacts'
import { type MachineView, machinesQuery } from './queries'
import { StatesTable } from './StatesTable'
import { texts } from './texts'

const EVERY_MS = 15_000
const USUAL = 'order'

/** The page of the machines: each as a diagram, with how many executions are where. */
export function MachinesPage() {
  const { machine: chosen = USUAL } = useSearch({ from: '/console/machines' })
  const {
    data = [],
    isPending,
    error,
    refetch,
  } = useLiveQuery(machinesQuery(), {
    everyMs: EVERY_MS,
  })
  const machine = data.find(({ name }) => name === chosen)
  return (
    <ConsolePage title={texts.title}>
      <MachineChoice machines={data} chosen={machine?.name} />
      <ListState
        isPending={isPending}
        error={error}
        onRetry={() => void refetch()}
        isEmpty={data.length === 0}
        isFiltered={false}
        emptyLead={texts.emptyLead}
      >
        {machine === undefined ? (
          <Notice tone="failed" title={texts.missing(chosen)} />
        ) : (
          <Machine key={machine.name} machine={machine} />
        )}
      </ListState>
    </ConsolePage>
  )
}

function Machine({ machine }: { machine: MachineView }) {
  const navigate = useNavigate()
  const states = useMemo(() => diagramStates(machine), [machine])
  const arrows = useMemo(() => diagramArrows(machine), [machine])
  const { name, stranded } = machine
  return (
    <>
      {stranded > 0 && (
        <Notice tone="failed" title={texts.strandedTitle}>
          {texts.stranded(stranded)}
        </Notice>
      )}
      <StateDiagram
        label={name}
        states={states}
        arrows={arrows}
        onState={(state) =>
          void navigate({ to: '/console/executions', search: { machine: name, state } })
        }
      />
      <MachineFacts machine={machine} />
      <StatesTable machine={machine} />
      <ArrowsTable machine={machine} />
    </>
  )
}
