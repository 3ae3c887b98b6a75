import { useMediaQuery } from '@mantine/hooks'
import { useMemo } from 'react'
import { StateDiagram } from '../../diagram/StateDiagram'
import { Panel } from '../../parts/ConsolePage'
import { listActions } from '../doing/actions'
import { useMachine } from '../machines'
import type { Execution, Order } from '../queries'
import { useExecutionSearch } from '../search'
import { drawMachine } from './draw'
import classes from './Machine.module.css'
import { stepsOf } from './path'
import { texts } from './texts'
import { VersionPicker } from './VersionPicker'
import { VersionView } from './VersionView'

type MachinePanelProps = { execution: Execution; order: Order | undefined }

/** The machine with the way that the execution took, now or as it was in an earlier version. */
export function MachinePanel({ execution, order }: MachinePanelProps) {
  const machine = useMachine(execution.machine)
  const [search, change] = useExecutionSearch()
  const isNarrow = useMediaQuery('(max-width: 1500px)', false, { getInitialValueInEffect: false })
  const version = readVersion(search.version, execution.version)
  const isPast = version < execution.version
  const drawing = useMemo(() => {
    if (machine === undefined) return null
    const steps = stepsOf(execution, execution.timeline, version)
    const state = isPast ? (steps.at(-1)?.to ?? '') : execution.state
    const actions = isPast ? [] : listActions(execution, order)
    return drawMachine(machine, { state, steps, actions })
  }, [machine, execution, order, version, isPast])
  return (
    <Panel
      title={texts.title}
      actions={
        <VersionPicker
          version={version}
          last={execution.version}
          onChange={(next) =>
            change({ version: next === execution.version ? undefined : String(next) })
          }
        />
      }
    >
      {drawing === null ? (
        <div className={classes.placeholder} aria-busy="true" />
      ) : (
        <StateDiagram
          label={execution.machine}
          {...drawing}
          isCompact={isNarrow}
          onArrow={(arrow) => {
            const signal = arrow.label.split(', ').find((name) => isOpen(execution, name))
            if (signal !== undefined) change({ do: signal }, { replace: false })
          }}
        />
      )}
      {isPast && <VersionView execution={execution} version={version} />}
    </Panel>
  )
}

function isOpen({ signals }: Execution, name: string): boolean {
  return signals.some(({ signal, allowed }) => signal === name && allowed)
}

/** Return the version that a URL names, or the last one. */
function readVersion(text: string | undefined, last: number): number {
  const version = Number(text ?? last)
  return Number.isInteger(version) && version >= 1 && version <= last ? version : last
}
