import { useState } from 'react'
import type { ActivityView } from '../../api/types'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import type { ActivityRequest } from './ActivityActions'
import classes from './Activities.module.css'
import { texts } from './texts'

type ActivityDialogProps = {
  activity: ActivityView
  action: 'retry' | 'abandon' | 'cancel'
  isBusy: boolean
  error: unknown
  onConfirm: (request: ActivityRequest) => void
  onClose: () => void
}

/** The question before an action on an activity that cannot be taken back. */
export function ActivityDialog({ activity, action, ...dialog }: ActivityDialogProps) {
  const [maybeSent, setMaybeSent] = useState(false)
  const { title, confirm, lead } = texts.dialogs[action]
  const isUncertain = activity.unknownOutcomes > 0
  return (
    <ConfirmDialog
      title={title(activity.name)}
      confirm={confirm}
      danger={action === 'retry' ? 'plain' : 'grave'}
      reason={action === 'retry' ? 'optional' : 'required'}
      isBusy={dialog.isBusy}
      error={dialog.error}
      onConfirm={({ reason }) =>
        dialog.onConfirm({
          action,
          reason,
          maybeSent: action === 'cancel' ? maybeSent : undefined,
        })
      }
      onClose={dialog.onClose}
    >
      {lead !== '' && <p>{lead}</p>}
      {activity.maybeSent && <p>{texts.maybeSent(activity.unknownOutcomes)}</p>}
      {action === 'cancel' && isUncertain && (
        <label className={classes.choice}>
          <input
            type="checkbox"
            checked={maybeSent}
            onChange={(event) => setMaybeSent(event.currentTarget.checked)}
          />
          {texts.cancelMaybeSent}
        </label>
      )}
    </ConfirmDialog>
  )
}
