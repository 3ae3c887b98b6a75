import { useState } from 'react'
import { call } from '../../api/client'
import type { ActivityDetail, ActivityView } from '../../api/types'
import { type Role, useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { useAction } from '../parts/useAction'
import { ActivityDialog } from './ActivityDialog'
import classes from './Activities.module.css'
import { texts } from './texts'

export type ActivityAction = 'run-now' | 'retry' | 'abandon' | 'cancel'
export type ActivityRequest = { action: ActivityAction; reason: string; maybeSent?: boolean }

const ROLES: Record<ActivityAction, Role> = {
  'run-now': 'staff',
  retry: 'staff',
  abandon: 'admin',
  cancel: 'admin',
}
const ACTIONS = ['run-now', 'retry', 'abandon', 'cancel'] as const

/** The buttons for what may be done to an activity in its state. */
export function ActivityActions({ activity }: { activity: ActivityView }) {
  const [asked, setAsked] = useState<Exclude<ActivityAction, 'run-now'> | null>(null)
  const refusals = useRefusals()
  const action = useActivityAction(activity, asked !== null, () => setAsked(null))
  const allowed = ACTIONS.filter((name) => activity.allowed.includes(name))
  if (allowed.length === 0) return null
  const begin = (name: ActivityAction) => {
    // A repeated e-mail is seen by the customer; other calls have a key and are done once.
    const isHarmless = name === 'run-now' || (name === 'retry' && !activity.maybeSent)
    if (isHarmless) action.mutate({ action: name, reason: '' })
    else setAsked(name)
  }
  return (
    <div className={classes.actions}>
      {allowed.map((name) => (
        <Button
          key={name}
          kind={name === 'run-now' || name === 'retry' ? 'primary' : 'default'}
          refusal={refusals[ROLES[name]]}
          isBusy={action.isPending && action.variables.action === name}
          onClick={() => begin(name)}
        >
          {texts.actions[name]}
        </Button>
      ))}
      {asked !== null && (
        <ActivityDialog
          activity={activity}
          action={asked}
          isBusy={action.isPending}
          error={action.error}
          onConfirm={action.mutate}
          onClose={() => {
            setAsked(null)
            action.reset()
          }}
        />
      )}
    </div>
  )
}

function useRefusals(): Record<Role, string | null> {
  return { staff: useRefusal('staff'), admin: useRefusal('admin') }
}

function useActivityAction(activity: ActivityView, isQuiet: boolean, onDone: () => void) {
  return useAction<ActivityRequest, ActivityDetail>({
    run: (request) => send(activity.id, request),
    describe: (_, { action }) => texts.done[action](activity.name),
    onDone,
    isQuiet,
  })
}

function send(activityId: string, { action, reason, maybeSent }: ActivityRequest) {
  const path = { activityId }
  const optional = { reason: reason === '' ? null : reason }
  if (action === 'run-now') {
    return call('POST /admin/activities/{activityId}/run-now', { path, body: optional })
  }
  if (action === 'retry') {
    return call('POST /admin/activities/{activityId}/retry', { path, body: optional })
  }
  if (action === 'abandon') {
    return call('POST /admin/activities/{activityId}/abandon', { path, body: { reason } })
  }
  return call('POST /admin/activities/{activityId}/cancel', { path, body: { reason, maybeSent } })
}
