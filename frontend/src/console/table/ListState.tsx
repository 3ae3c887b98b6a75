import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { LoadError } from '../../ui/LoadError'
import classes from './ListState.module.css'
import { texts } from '../parts/texts'

type ListStateProps = {
  isPending: boolean
  error: unknown
  onRetry: () => void
  isEmpty: boolean
  /** Filters are set: nothing matches them, which is different from nothing being there. */
  isFiltered: boolean
  /** What an empty list means. */
  emptyLead?: ReactNode
  children: ReactNode
}

const SKELETON_ROWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']

/** A list in one of its states: loading, failed, empty, or with its rows. */
export function ListState(props: ListStateProps) {
  const { isPending, error, onRetry, isEmpty, isFiltered, emptyLead, children } = props
  if (isPending) {
    return (
      <div className={classes.skeleton} aria-busy="true">
        {SKELETON_ROWS.map((row) => (
          <Skeleton key={row} height={14} radius="sm" />
        ))}
      </div>
    )
  }
  if (error !== null && error !== undefined && isEmpty) {
    return <LoadError error={error} onRetry={onRetry} />
  }
  return (
    <>
      {/* Older rows stay below the reason why there are no newer ones. */}
      {error !== null && error !== undefined && <LoadError error={error} onRetry={onRetry} />}
      {isEmpty ? (
        <div className={classes.empty}>
          <h2>{texts.empty}</h2>
          <p>{isFiltered ? texts.emptyFiltered : emptyLead}</p>
        </div>
      ) : (
        children
      )}
    </>
  )
}
