import { readStored, useStored } from '../parts/stored'
import { readTexts } from './columns'

/** A list as an operator has saved it: its filters and its columns, by name. */
export type View = {
  name: string
  search: Readonly<Record<string, string>>
  columns: readonly string[]
}

/** Return the saved views of a list, which this browser remembers. */
export function useViews(list: string) {
  const key = `console-views-${list}`
  const [views, setViews] = useStored<readonly View[]>(key, () => readViews(readStored(key)))
  return {
    views,
    /** Save a view; it replaces another of the same name. */
    save: (view: View) =>
      setViews([...views.filter(({ name }) => name !== view.name), view].toSorted(byName)),
    remove: (removed: string) => setViews(views.filter(({ name }) => name !== removed)),
  }
}

/** Return the views of a stored value. What is none is left out. */
export function readViews(value: unknown): readonly View[] {
  return Array.isArray(value) ? value.flatMap(readView) : []
}

function readView(value: unknown): View[] {
  if (!isRecord(value) || typeof value.name !== 'string' || !isRecord(value.search)) return []
  const search = Object.fromEntries(
    Object.entries(value.search).filter((entry): entry is [string, string] => {
      return typeof entry[1] === 'string'
    }),
  )
  return [{ name: value.name, search, columns: readTexts(value.columns) ?? [] }]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function byName(a: View, b: View): number {
  return a.name.localeCompare(b.name)
}
