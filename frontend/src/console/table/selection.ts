import { useMemo, useState } from 'react'

export type Selection = {
  /** The chosen rows; with `isAll` all rows that match the filters, also those of other pages. */
  ids: ReadonlySet<string>
  isAll: boolean
  isEmpty: boolean
  isSelected: (id: string) => boolean
  toggle: (id: string) => void
  /** Select all rows of the page, or none of them if all are selected. */
  togglePage: (ids: readonly string[]) => void
  selectAll: () => void
  clear: () => void
}

const NONE: ReadonlySet<string> = new Set()

/** Return the selection of a list. It is emptied when `filters`, a text, changes. */
export function useSelection(filters: string): Selection {
  const [state, setState] = useState({ filters, ids: NONE, isAll: false })
  const isCurrent = state.filters === filters
  const ids = isCurrent ? state.ids : NONE
  const isAll = isCurrent && state.isAll
  return useMemo(() => {
    const change = (next: ReadonlySet<string>, all = false) =>
      setState({ filters, ids: next, isAll: all })
    return {
      ids,
      isAll,
      isEmpty: ids.size === 0 && !isAll,
      isSelected: (id) => isAll || ids.has(id),
      toggle: (id) => change(toggled(ids, [id], !ids.has(id))),
      togglePage: (page) => change(toggled(ids, page, !page.every((id) => ids.has(id)))),
      selectAll: () => change(ids, true),
      clear: () => change(NONE),
    }
  }, [ids, isAll, filters])
}

function toggled(ids: ReadonlySet<string>, changed: readonly string[], isIn: boolean) {
  const next = new Set(ids)
  for (const id of changed) {
    if (isIn) next.add(id)
    else next.delete(id)
  }
  return next
}
