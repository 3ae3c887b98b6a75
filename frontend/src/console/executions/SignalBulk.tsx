import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ExecutionView } from '../../api/types'
import { BulkDialog } from '../bulk/BulkDialog'
import type { BulkStart } from '../bulk/queries'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { copyText } from '../parts/copyText'
import { Dropdown, DropdownItem } from '../parts/Dropdown'
import type { Selection } from '../table/selection'
import { bulkTargetOf } from './bulkTarget'
import { type ExecutionSearch, machineNamesQuery } from './queries'
import { texts } from './texts'

type SignalBulkProps = {
  selection: Selection
  rows: readonly ExecutionView[]
  search: ExecutionSearch
}

/** The bulk job that sends one signal to the selected executions, or to all that match. */
export function SignalBulk({ selection, rows, search }: SignalBulkProps) {
  const [start, setStart] = useState<BulkStart | null>(null)
  const machines = useQuery(machineNamesQuery).data ?? []
  const roleRefusal = useRefusal('admin')
  const target = bulkTargetOf({ selection, rows, search, machines })
  const { bulk } = texts
  const refusal = roleRefusal ?? target.refusal
  return (
    <>
      {!selection.isAll && (
        <Button onClick={() => void copyText([...selection.ids].join('\n'))}>{bulk.copyIds}</Button>
      )}
      {refusal === null ? (
        <Dropdown align="end" label={bulk.send} trigger={bulk.send}>
          {target.arrows.map(({ signal, target: state }) => (
            <DropdownItem
              key={signal}
              hint={state}
              onSelect={() => setStart({ ...target.start, action: 'machines.signal', signal })}
            >
              {signal}
            </DropdownItem>
          ))}
        </Dropdown>
      ) : (
        <Button refusal={refusal}>{bulk.send}</Button>
      )}
      {start !== null && (
        <BulkDialog start={start} onBegun={selection.clear} onClose={() => setStart(null)} />
      )}
    </>
  )
}
