import type { ReactNode } from 'react'
import { LoadError } from '../../ui/LoadError'
import type { LiveResult } from '../live/polled'
import { ThingState } from './ThingState'

type ThingProps<Data extends { id: string }> = {
  /** The id in the address. The query may still have the thing that was shown before. */
  id: string
  query: LiveResult<Data>
  /** The word for the kind of thing, and what is said when there is no such thing. */
  words: { title: string; missing: string; missingLead: string }
  /** Render the thing. `failure` tells that it could not be loaded again. */
  children: (thing: Data, failure: ReactNode) => ReactNode
}

/** The page of the thing of a query, whatever state the query has. */
export function Thing<Data extends { id: string }>(props: ThingProps<Data>) {
  const { id, query, words, children } = props
  const { data, error, refetch } = query
  const retry = () => void refetch()
  if (data === undefined || data.id !== id) {
    return (
      <ThingState
        title={words.title}
        error={error}
        missing={words.missing}
        missingLead={words.missingLead}
        onRetry={retry}
      />
    )
  }
  return children(data, error !== null && <LoadError error={error} onRetry={retry} />)
}
