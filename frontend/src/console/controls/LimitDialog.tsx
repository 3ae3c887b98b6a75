import { useState } from 'react'
import { call } from '../../api/client'
import { ApiError } from '../../api/problem'
import type { LimitView } from '../../api/types'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { Field } from '../parts/Field'
import { useQuestion } from '../parts/useQuestion'
import classes from './Controls.module.css'
import { type Figures, readFigures } from './figures'
import { texts } from './texts'

type LimitDialogProps = {
  /** The limit to change, or null for another one. */
  limit: LimitView | null
  providers: readonly string[]
  onClose: () => void
}

const NAMES = ['perSecond', 'burst', 'atOnce'] as const

/** The dialog that limits the calls to a provider. */
export function LimitDialog({ limit, providers, onClose }: LimitDialogProps) {
  const [isTried, setTried] = useState(false)
  const usual = limit?.provider ?? providers[0] ?? ''
  const old = figuresOf(limit)
  const question = useQuestion({
    name: `limit ${limit?.provider ?? ''}`,
    run: ({ reason, ...typed }) =>
      call('PUT /admin/controls/limits/{provider}', {
        path: { provider: typed.provider ?? usual },
        body: { ...readFigures({ ...old, ...typed }).limit, reason },
      }),
    describe: (_, { provider = usual }) => texts.limits.saved(provider),
    onClose,
  })
  const { provider = usual } = question.draft
  const figures = { ...old, ...question.draft }
  const problems = readFigures(figures).errors
  const errors = isTried ? problems : {}
  const { limitDialog, limits } = texts
  const refused = question.error instanceof ApiError ? question.error.fields : {}
  const hints = {
    perSecond: limitDialog.rateHint,
    burst: limitDialog.burstHint,
    atOnce: limitDialog.atOnceHint,
  }
  const labels = { perSecond: limits.rate, burst: limits.burst, atOnce: limits.atOnce }
  const confirm: typeof question.confirm = (answer) => {
    setTried(true)
    if (Object.keys(problems).length === 0) question.confirm(answer)
  }
  return (
    <ConfirmDialog
      question={{ ...question, confirm }}
      title={limitDialog.title}
      confirm={limitDialog.confirm}
    >
      <p>{limitDialog.lead}</p>
      <div className={classes.fields}>
        <Field label={limits.provider}>
          {(field) => (
            <select
              {...field}
              value={provider}
              disabled={limit !== null}
              onChange={(event) => question.change({ provider: event.currentTarget.value })}
            >
              {providers.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        {NAMES.map((name) => (
          <Field
            key={name}
            label={labels[name]}
            hint={hints[name]}
            error={errors[name] ?? refused[name]?.message}
          >
            {(field) => (
              <input
                {...field}
                data-autofocus={name === 'perSecond' || undefined}
                inputMode="decimal"
                autoComplete="off"
                value={figures[name]}
                onChange={(event) => question.change({ [name]: event.currentTarget.value })}
              />
            )}
          </Field>
        ))}
      </div>
    </ConfirmDialog>
  )
}

/** Return the figures of a limit as they are typed. */
function figuresOf(limit: LimitView | null): Figures {
  const { perSecond = null, atOnce = null, burst = null } = limit ?? {}
  return {
    perSecond: perSecond?.toString() ?? '',
    burst: perSecond === null ? '' : (burst?.toString() ?? ''),
    atOnce: atOnce?.toString() ?? '',
  }
}
