import { useState } from 'react'
import { call } from '../../../api/client'
import { useLiveQuery } from '../../live/polled'
import { Button } from '../../parts/Button'
import { useAction } from '../../parts/useAction'
import { reconciliationQuery } from '../queries'
import classes from './Order.module.css'
import { texts } from './texts'

const POLL_MS = 2000

/** The button that starts a reconciliation of everything, or joins the one that runs. */
export function ReconcileButton({ onDone }: { onDone: () => void }) {
  const [runId, setRunId] = useState<string | null>(null)
  const start = useAction({
    run: () => call('POST /admin/reconciliations'),
    onDone: ({ id }) => setRunId(id),
    changes: ['reconciliation'],
  })
  return (
    <>
      <Button isBusy={start.isPending} onClick={() => start.mutate(null)}>
        {texts.reconcile}
      </Button>
      {runId !== null && <Progress key={runId} runId={runId} onDone={onDone} />}
    </>
  )
}

/** The steps of a reconciliation. When it has ended, the order is compared again. */
function Progress({ runId, onDone }: { runId: string; onDone: () => void }) {
  const [isOver, setOver] = useState(false)
  const { data: run } = useLiveQuery(reconciliationQuery(runId), {
    everyMs: POLL_MS,
    isHeld: isOver,
  })
  if (run === undefined) return null
  const isEnded = run.steps.every(({ state }) => state === 'done' || state === 'failed')
  if (isEnded && !isOver) {
    setOver(true)
    // After this rendering: the comparison is another component's.
    queueMicrotask(onDone)
  }
  return (
    <p className={classes.note} role="status">
      {isEnded ? texts.reconciled : texts.reconciling}{' '}
      {run.steps.map(({ name, state }) => `${name} ${texts.steps[state]}`).join(', ')}
    </p>
  )
}
