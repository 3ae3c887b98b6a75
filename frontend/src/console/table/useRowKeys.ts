import { useState } from 'react'
import { useKeys } from '../keyboard/useKeys'
import { texts } from '../parts/texts'

type RowActions = {
  onOpen?: (index: number) => void
  onExpand?: (id: string) => void
  onSelect?: (id: string) => void
}

/** Walk the rows of a table with the keyboard. Returns the id of the current row. */
export function useRowKeys(
  ids: readonly string[],
  { onOpen, onExpand, onSelect }: RowActions,
): { current: string | null } {
  const [current, setCurrent] = useState<string | null>(null)
  const place = current === null ? -1 : ids.indexOf(current)
  const move = (to: number) => setCurrent(ids[Math.max(0, Math.min(to, ids.length - 1))] ?? null)
  const id = ids[place]
  useKeys([
    { keys: 'j', label: texts.table.next, run: () => move(place + 1) },
    { keys: 'k', label: texts.table.previous, run: () => move(place - 1) },
    ...(onOpen ? [{ keys: 'Enter', label: texts.table.open, run: () => onOpen(place) }] : []),
    ...(onExpand
      ? [{ keys: 'e', label: texts.table.toggle, run: () => id !== undefined && onExpand(id) }]
      : []),
    ...(onSelect
      ? [{ keys: 'x', label: texts.table.pick, run: () => id !== undefined && onSelect(id) }]
      : []),
  ])
  return { current: id ?? null }
}
