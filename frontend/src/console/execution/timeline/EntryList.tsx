import { useState } from 'react'
import { useKeys } from '../../keyboard/useKeys'
import { WindowedList } from '../../parts/WindowedList'
import type { Entry } from '../queries'
import { useExecutionSearch } from '../search'
import { EntryRow } from './EntryRow'
import { texts } from './texts'

const ROW_HEIGHT = 34

/** The entries as a list, walked with j and k. The URL names the open entry. */
export function EntryList({
  entries,
  isOldestFirst,
}: {
  entries: readonly Entry[]
  isOldestFirst: boolean
}) {
  const [{ entry: open }, change] = useExecutionSearch()
  const [current, setCurrent] = useState(open)
  const place = entries.findIndex(({ id }) => id === current)
  const move = (to: number) => {
    const next = entries[Math.max(0, Math.min(to, entries.length - 1))]
    if (next !== undefined) setCurrent(next.id)
  }
  const toggle = (id: string) => {
    setCurrent(id)
    change({ entry: open === id ? undefined : id })
  }
  useKeys([
    { keys: 'j', label: texts.keys.next, run: () => move(place + 1) },
    { keys: 'k', label: texts.keys.previous, run: () => move(place - 1) },
    {
      keys: 'e',
      label: texts.keys.expand,
      run: () => {
        const id = entries[Math.max(place, 0)]?.id
        if (id !== undefined) toggle(id)
      },
    },
  ])
  return (
    <WindowedList
      label={texts.title}
      items={entries}
      idOf={idOf}
      estimate={ROW_HEIGHT}
      revealed={current}
      render={(entry, index) => (
        <EntryRow
          entry={entry}
          before={entries[isOldestFirst ? index - 1 : index + 1]}
          above={entries[index - 1]}
          isCurrent={entry.id === current}
          isOpen={entry.id === open}
          onToggle={() => toggle(entry.id)}
        />
      )}
    />
  )
}

function idOf({ id }: Entry): string {
  return id
}
