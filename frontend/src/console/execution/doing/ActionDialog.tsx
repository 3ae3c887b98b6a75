import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { shortId } from '../../parts/Id'
import { useQuestion } from '../../parts/useQuestion'
import { executionQuery, type Execution, type Order, orderQuery } from '../queries'
import { type Action, dangerOf } from './actions'
import { ActionFields, isFilled } from './ActionFields'
import { ActionPreview } from './ActionPreview'
import { confirmText } from './confirmText'
import { MovedNotice } from './MovedNotice'
import { sendAction } from './send'
import { texts } from './texts'

type ActionDialogProps = {
  action: Action
  /** The reason why the operator's role forbids it, or null. */
  refusal: string | null
  execution: Execution
  order: Order | undefined
  onClose: () => void
}

const SIZE = 620

/** The question before an action, with its fields and a preview of what it would write. */
export function ActionDialog({ action, refusal, execution, order, onClose }: ActionDialogProps) {
  const { machine, id, key } = execution
  // The operator judges what they saw: when it moves meanwhile, they look again first.
  const [seen, setSeen] = useState(execution.version)
  const queryClient = useQueryClient()
  const question = useQuestion({
    name: `${machine} ${id} ${action.signal}`,
    run: (draft, idempotencyKey) =>
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
    },
    onClose,
  })
  const { draft, change } = question
  const hasMoved = execution.version !== seen
  const danger = dangerOf(action)
  const isComplete = isFilled(action, draft, order)
  const lookAgain = () => {
    question.reset()
    setSeen(execution.version)
  }
  return (
    <ConfirmDialog
      question={hasMoved ? { ...question, error: null } : question}
      title={action.verb}
      confirm={confirmText(action, draft, order)}
      danger={danger === 'plain' ? 'plain' : 'grave'}
      reason={needOf(action)}
      typed={danger === 'typed' ? shortId(id) : undefined}
      isIncomplete={!isComplete}
      size={SIZE}
      refusal={hasMoved ? texts.lookAgainFirst : (action.refusal ?? refusal)}
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
