import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '../../api/client'
import { ErrorText } from '../../ui/ErrorText'
import { Button } from '../parts/Button'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { useQuestion } from '../parts/useQuestion'
import classes from './Bulk.module.css'
import { DryRunResult } from './DryRunResult'
import { type BulkStart, dryRunQuery } from './queries'
import { texts } from './texts'

type BulkDialogProps = { start: BulkStart; onBegun: () => void; onClose: () => void }

/** The dry run of a bulk job, and the question whether to begin it. */
export function BulkDialog({ start, onBegun, onClose }: BulkDialogProps) {
  const navigate = useNavigate()
  const dryRun = useQuery(dryRunQuery(start))
  const { titles, leads, none, counting, confirm } = texts.dialog
  const { data } = dryRun
  const { action, signal, filter } = start
  const question = useQuestion({
    name: `bulk ${action} ${signal ?? ''}`,
    run: ({ reason }) =>
      call('POST /admin/bulk', { body: { token: data?.token, typedCount: data?.count, reason } }),
    describe: () => texts.begun,
    onDone: (job) => {
      onBegun()
      if ('id' in job) void navigate({ to: '/console/bulk/$id', params: { id: job.id } })
    },
    onClose,
  })
  if (action === null || action === undefined) return null
  return (
    <ConfirmDialog
      question={question}
      title={titles[action]}
      confirm={confirm}
      danger={action === 'activities.retry' || action === 'signals.replay' ? 'plain' : 'grave'}
      typed={data !== undefined && data.count > 0 ? String(data.count) : undefined}
      refusal={refusalOf(data?.count, counting, none)}
    >
      {signal && <p>{texts.dialog.signal(signal, filter?.machine ?? '', filter?.state ?? '')}</p>}
      <p>{leads[action]}</p>
      <div className={classes.dryRun} aria-live="polite" aria-busy={dryRun.isFetching}>
        {dryRun.isPending && <Counting />}
        {data !== undefined && <DryRunResult dryRun={data} />}
        <ErrorText error={dryRun.error} />
        {(dryRun.isError || question.error !== null) && (
          <Button isBusy={dryRun.isFetching} onClick={() => void dryRun.refetch()}>
            {texts.dialog.again}
          </Button>
        )}
      </div>
    </ConfirmDialog>
  )
}

function Counting() {
  return (
    <>
      <span className="visually-hidden">{texts.dialog.counting}</span>
      <Skeleton height={16} width="40%" />
      <Skeleton height={96} />
    </>
  )
}

function refusalOf(count: number | undefined, counting: string, none: string): string | null {
  if (count === undefined) return counting
  return count === 0 ? none : null
}
