import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '../../api/client'
import { ErrorText } from '../../ui/ErrorText'
import { Button } from '../parts/Button'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { useAction } from '../parts/useAction'
import classes from './Bulk.module.css'
import { DryRunResult } from './DryRunResult'
import { type BulkStart, dryRunQuery } from './queries'
import { texts } from './texts'

type BulkDialogProps = { start: BulkStart; onBegun: () => void; onClose: () => void }
type Confirmation = { token: string; typedCount: number; reason: string }

/** The dry run of a bulk job, and the question whether to begin it. */
export function BulkDialog({ start, onBegun, onClose }: BulkDialogProps) {
  const navigate = useNavigate()
  const dryRun = useQuery(dryRunQuery(start))
  const { titles, leads, none, counting, confirm } = texts.dialog
  const begin = useAction({
    run: (body: Confirmation) => call('POST /admin/bulk', { body }),
    describe: () => texts.begun,
    onDone: (job) => {
      onBegun()
      onClose()
      if ('id' in job) void navigate({ to: '/console/bulk/$id', params: { id: job.id } })
    },
    isQuiet: true,
  })
  const { data } = dryRun
  const { action } = start
  if (action === null || action === undefined) return null
  return (
    <ConfirmDialog
      title={titles[action]}
      confirm={confirm}
      danger={action === 'activities.retry' || action === 'signals.replay' ? 'plain' : 'grave'}
      typed={data !== undefined && data.count > 0 ? String(data.count) : undefined}
      refusal={refusalOf(data?.count, counting, none)}
      isBusy={begin.isPending}
      error={begin.error}
      onConfirm={({ reason }) => {
        if (data !== undefined) {
          begin.mutate({ token: data.token, typedCount: data.count, reason })
        }
      }}
      onClose={onClose}
    >
      <p>{leads[action]}</p>
      <div className={classes.dryRun} aria-live="polite" aria-busy={dryRun.isFetching}>
        {dryRun.isPending && <Counting />}
        {data !== undefined && <DryRunResult dryRun={data} />}
        <ErrorText error={dryRun.error} />
        {(dryRun.isError || begin.isError) && (
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
