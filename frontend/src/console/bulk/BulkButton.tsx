import { type ReactNode, useState } from 'react'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { BulkDialog } from './BulkDialog'
import type { BulkStart } from './queries'

type BulkButtonProps = {
  request: BulkStart
  /** Why the selection cannot be changed so. */
  refusal?: string | null
  onBegun: () => void
  children: ReactNode
}

/** A button that begins a bulk job, after a dry run and a confirmation. */
export function BulkButton({ request, refusal = null, onBegun, children }: BulkButtonProps) {
  const [start, setStart] = useState<BulkStart | null>(null)
  const roleRefusal = useRefusal('admin')
  return (
    <>
      <Button refusal={roleRefusal ?? refusal} onClick={() => setStart(request)}>
        {children}
      </Button>
      {start !== null && (
        <BulkDialog start={start} onBegun={onBegun} onClose={() => setStart(null)} />
      )}
    </>
  )
}
