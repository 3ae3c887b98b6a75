import type { BulkAction } from '../../api/types'
import { BulkButton } from '../bulk/BulkButton'
import type { Selection } from '../table/selection'
import { type ActivitySearch, bulkFilterOf } from './queries'
import { texts } from './texts'

type ActivityBulkProps = { selection: Selection; search: ActivitySearch }

const ACTIONS = ['retry', 'abandon', 'cancel'] as const
// A finished call stays as it is; a failed one is retried or abandoned, another one cancelled.
const OF_FAILED = new Set(['retry', 'abandon'])

/** The bulk jobs over the selected activities, or over all that match. */
export function ActivityBulk({ selection, search }: ActivityBulkProps) {
  const filter = bulkFilterOf(search)
  const isFiltered = filter !== null && Object.values(filter).some((value) => value !== undefined)
  const refusal = (action: (typeof ACTIONS)[number]) => {
    if (!selection.isAll) return null
    if (filter === null) return texts.bulk.onlyThese
    if (!isFiltered) return texts.bulk.noFilter
    const isOfFailed = OF_FAILED.has(action)
    const isImpossible = search.state !== undefined && (search.state === 'failed') !== isOfFailed
    return isImpossible ? texts.bulk.notOfState(texts.bulk.past[action]) : null
  }
  return ACTIONS.map((action) => (
    <BulkButton
      key={action}
      refusal={refusal(action)}
      request={{
        action: `activities.${action}` satisfies BulkAction,
        ...(selection.isAll ? { filter: filter ?? {} } : { ids: [...selection.ids] }),
      }}
      onBegun={selection.clear}
    >
      {texts.bulk[action]}
    </BulkButton>
  ))
}
