import { Skeleton } from '@mantine/core'
import { isStatus } from '../../api/problem'
import { LoadError } from '../../ui/LoadError'
import { ConsolePage } from './ConsolePage'

type ThingStateProps = {
  /** The word for the kind of thing. */
  title: string
  error: unknown
  /** The heading when there is no such thing, and what it may mean. */
  missing: string
  missingLead: string
  onRetry: () => void
}

// A bad id in the address is no different from an unknown one.
const MISSING_STATUSES = [400, 404, 422]

/** The page of one thing while it is loaded, or when it cannot be. */
export function ThingState({ title, error, missing, missingLead, onRetry }: ThingStateProps) {
  if (isStatus(error, ...MISSING_STATUSES)) {
    return (
      <ConsolePage title={missing} lead={missingLead}>
        {null}
      </ConsolePage>
    )
  }
  return (
    <ConsolePage title={title}>
      {error === null ? (
        <div aria-busy="true">
          <Skeleton height={160} radius="md" mb="md" />
          <Skeleton height={240} radius="md" />
        </div>
      ) : (
        <LoadError error={error} onRetry={onRetry} />
      )}
    </ConsolePage>
  )
}
