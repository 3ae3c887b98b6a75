import { useState } from 'react'
import { call } from '../../api/client'
import type { BulkView } from '../../api/types'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { countText } from '../parts/Count'
import { useAction } from '../parts/useAction'
import { useQuestion } from '../parts/useQuestion'
import { texts } from './texts'

const CAN_PAUSE = new Set<BulkView['state']>(['Running'])
const CAN_RESUME = new Set<BulkView['state']>(['Paused', 'Failed'])
const ENDED = new Set<BulkView['state']>(['Done', 'Cancelled'])

/** The buttons that pause, resume and cancel a job. */
export function JobActions({ job }: { job: BulkView }) {
  const refusal = useRefusal('admin')
  const [isAsking, setAsking] = useState(false)
  const path = { bulkId: job.id }
  const pause = useAction({
    run: () => call('POST /admin/bulk/{bulkId}/pause', { path, body: {} }),
    describe: () => texts.paused,
  })
  const resume = useAction({
    run: () => call('POST /admin/bulk/{bulkId}/resume', { path, body: {} }),
    describe: () => texts.resumed,
  })
  const question = useQuestion({
    name: `cancel ${job.id}`,
    run: ({ reason }) => call('POST /admin/bulk/{bulkId}/cancel', { path, body: { reason } }),
    describe: () => texts.cancelled,
    onClose: () => setAsking(false),
  })
  if (ENDED.has(job.state)) return null
  const { title, lead, confirm } = texts.cancelDialog
  return (
    <>
      {CAN_PAUSE.has(job.state) && (
        <Button refusal={refusal} isBusy={pause.isPending} onClick={() => pause.mutate(undefined)}>
          {texts.pause}
        </Button>
      )}
      {CAN_RESUME.has(job.state) && (
        <Button
          kind="primary"
          refusal={refusal}
          isBusy={resume.isPending}
          onClick={() => resume.mutate(undefined)}
        >
          {texts.resume}
        </Button>
      )}
      <Button refusal={refusal} onClick={() => setAsking(true)}>
        {texts.cancel}
      </Button>
      {isAsking && (
        <ConfirmDialog question={question} title={title} confirm={confirm} danger="grave">
          <p>{lead(countText({ number: job.waiting, isExact: true }))}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
