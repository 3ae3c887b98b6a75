import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { useAction } from '../../parts/useAction'
import { executionQuery, type Execution, type Order, orderQuery } from '../queries'
import { type Action, dangerOf } from './actions'
import { ActionFields, isFilled } from './ActionFields'
import { ActionPreview } from './ActionPreview'
import { confirmText } from './confirmText'
import { MovedNotice } from './MovedNotice'
import { sendAction } from './send'
import { texts } from './texts'
import { useDraft } from './useDraft'

type ActionDialogProps = {
  action: Action
  /** The reason why the operator's role forbids it, or null. */
  refusal: string | null
  execution: Execution
  order: Order | undefined
  onClose: () => void
}

const SIZE = 620
const ID_LENGTH = 8

/** The question before an action, with its fields and a preview of what it would write. */
export function ActionDialog({ action, refusal, execution, order, onClose }: ActionDialogProps) {
  const { machine, id, key } = execution
  const { draft, change, forget } = useDraft(`${machine} ${id} ${action.signal}`)
  // The operator judges what they saw: when it moves meanwhile, they look again first.
  const [seen, setSeen] = useState(execution.version)
  const queryClient = useQueryClient()
  const send = useAction({
    run: (_: null, idempotencyKey) =>
      sendAction({ action, execution, order, draft, ifVersion: seen, idempotencyKey }),
    describe: () => texts.done(action.verb, key),
    onDone: (answer) => {
      if (answer.kind === 'order') {
        queryClient.setQueryData(orderQuery(id).queryKey, { body: answer.body, etag: null })
      } else {
        queryClient.setQueryData(executionQuery({ machine, id }).queryKey, {
          body: answer.body,
          etag: null,
        })
      }
      forget()
      onClose()
    },
    isQuiet: true,
  })
  const hasMoved = execution.version !== seen
  const danger = dangerOf(action)
  const isComplete = isFilled(action, draft, order)
  const lookAgain = () => {
    send.reset()
    setSeen(execution.version)
  }
  return (
    <ConfirmDialog
      title={action.verb}
      confirm={confirmText(action, draft, order)}
      danger={danger === 'plain' ? 'plain' : 'grave'}
      reason={needOf(action)}
      typed={danger === 'typed' ? id.slice(0, ID_LENGTH) : undefined}
      draft={{ reason: draft.reason, onReason: (reason) => change({ reason }) }}
      isIncomplete={!isComplete}
      size={SIZE}
      isBusy={send.isPending}
      error={hasMoved ? null : send.error}
      refusal={hasMoved ? texts.lookAgainFirst : (action.refusal ?? refusal)}
      onConfirm={() => send.mutate(null)}
      onClose={() => {
        forget()
        onClose()
      }}
      below={
        hasMoved ? (
          <MovedNotice execution={execution} seen={seen} onLookAgain={lookAgain} />
        ) : (
          <ActionPreview
            action={action}
            execution={execution}
            draft={draft}
            isFilled={isComplete}
          />
        )
      }
    >
      {action.lead !== '' && <p>{action.lead}</p>}
      <ActionFields action={action} draft={draft} order={order} onChange={change} />
    </ConfirmDialog>
  )
}

/** Return whether an action needs a reason: shipping says it all, deliveries may have one. */
function needOf({ signal, isRaw }: Action): 'none' | 'optional' | 'required' {
  if (isRaw) return 'required'
  return ({ ship: 'none', deliver: 'optional' } as const)[signal] ?? 'required'
}
