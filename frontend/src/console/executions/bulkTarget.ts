import type { ExecutionView } from '../../api/types'
import type { BulkStart } from '../bulk/queries'
import type { MachineView } from '../machines/queries'
import type { Selection } from '../table/selection'
import type { ExecutionSearch } from './queries'
import { texts } from './texts'

type Chosen = {
  selection: Pick<Selection, 'ids' | 'isAll'>
  rows: readonly Pick<ExecutionView, 'id' | 'machine' | 'state'>[]
  search: ExecutionSearch
  machines: readonly Pick<MachineView, 'name' | 'arrows' | 'bulkSignals'>[]
}

type Target = {
  start: Pick<BulkStart, 'filter' | 'ids'>
  /** The arrows whose signals a job may send from there. */
  arrows: readonly { signal: string; target: string }[]
  refusal: string | null
}

/** Return the executions that a job would be about, and what it may send, or why it cannot. */
export function bulkTargetOf({ selection, rows, search, machines }: Chosen): Target {
  const { isAll } = selection
  const { machine, state } = placeOf({ selection, rows, search })
  const definition = machines.find(({ name }) => name === machine)
  const arrows = (definition?.arrows ?? []).filter(
    ({ source, signal }) => source === state && definition?.bulkSignals.includes(signal),
  )
  const { olderThan } = isAll ? search : {}
  return {
    start: {
      filter: { machine, state, ...(olderThan !== undefined && { olderThan }) },
      ...(!isAll && { ids: [...selection.ids] }),
    },
    arrows,
    refusal: refusalOf(),
  }

  function refusalOf(): string | null {
    const { q, key, stuck, waitingFor, failedActivity } = search
    const isMore = [q, key, stuck, waitingFor, failedActivity].some((each) => each !== undefined)
    if (isAll && isMore) return texts.bulk.onlyThese
    if (machine === undefined || state === undefined) return texts.bulk.mixed
    return arrows.length === 0 ? texts.bulk.none : null
  }
}

/** Return the machine and state of the filters, or those that all selected rows share. */
function placeOf({ selection, rows, search }: Omit<Chosen, 'machines'>) {
  if (search.machine !== undefined && search.state !== undefined) return search
  const selected = rows.filter(({ id }) => selection.ids.has(id))
  const [first] = selected
  // Those of other pages are not known here.
  const isShared =
    !selection.isAll &&
    selected.length === selection.ids.size &&
    selected.every(({ machine, state }) => machine === first?.machine && state === first.state)
  return isShared && first !== undefined ? first : {}
}
