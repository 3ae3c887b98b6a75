import type { ReactNode } from 'react'
import { readStored, useStored } from '../parts/stored'

/** A column of a table. */
export type Column<Row> = {
  key: string
  label: string
  render: (row: Row) => ReactNode
  align?: 'start' | 'end'
  /** The values of the parameter `sort` by which the column sorts; the first is tried first. */
  sorts?: readonly [string, ...string[]]
  /** Left out until the operator chooses it. */
  isHidden?: boolean
  /** May not be left out: it has the row's link. */
  isFixed?: boolean
}

export type ChosenColumns<Row> = {
  all: readonly Column<Row>[]
  shown: readonly Column<Row>[]
  toggle: (key: string) => void
  reset: () => void
  /** The keys of the shown columns, for a saved view. */
  keys: readonly string[]
  show: (keys: readonly string[]) => void
}

/** Return the columns of a list that the operator has chosen, which this browser remembers. */
export function useColumns<Row>(list: string, all: readonly Column<Row>[]): ChosenColumns<Row> {
  const key = `console-columns-${list}`
  const usual = all.filter((column) => !column.isHidden).map((column) => column.key)
  const [chosen, setChosen] = useStored<readonly string[] | null>(key, () => readKeys(key))
  const keys = chosen ?? usual
  return {
    all,
    shown: all.filter((column) => column.isFixed || keys.includes(column.key)),
    toggle: (toggled) =>
      setChosen(
        keys.includes(toggled) ? keys.filter((each) => each !== toggled) : [...keys, toggled],
      ),
    reset: () => setChosen(null),
    keys,
    show: setChosen,
  }
}

function readKeys(key: string): readonly string[] | null {
  return readTexts(readStored(key))
}

/** Return a list of texts, or null if the value is something else. */
export function readTexts(value: unknown): readonly string[] | null {
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string')
  return isList ? value : null
}
