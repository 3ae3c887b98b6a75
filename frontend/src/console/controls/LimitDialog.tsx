import { useState } from 'react'
import { call } from '../../api/client'
import { ApiError } from '../../api/problem'
import type { LimitRequest, LimitView } from '../../api/types'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { Field } from '../parts/Field'
import { useAction } from '../parts/useAction'
import classes from './Controls.module.css'
import { type FigureErrors, type FigureName, type Figures, readFigures } from './figures'
import { texts } from './texts'

type LimitDialogProps = {
  /** The limit to change, or null for another one. */
  limit: LimitView | null
  providers: readonly string[]
  onClose: () => void
}
type LimitInput = { provider: string; body: LimitRequest }

const NAMES = ['perSecond', 'burst', 'atOnce'] as const

/** The dialog that limits the calls to a provider. */
export function LimitDialog({ limit, providers, onClose }: LimitDialogProps) {
  const [provider, setProvider] = useState(limit?.provider ?? providers[0] ?? '')
  const [figures, setFigures] = useState<Figures>({
    perSecond: limit?.perSecond?.toString() ?? '',
    burst: limit !== null && limit.perSecond !== null ? String(limit.burst) : '',
    atOnce: limit?.atOnce?.toString() ?? '',
  })
  const [errors, setErrors] = useState<FigureErrors>({})
  const save = useAction({
    run: ({ body, ...path }: LimitInput) =>
      call('PUT /admin/controls/limits/{provider}', { path, body }),
    describe: () => texts.limits.saved(provider),
    onDone: onClose,
    isQuiet: true,
  })
  const { limitDialog, limits } = texts
  const refused = save.error instanceof ApiError ? save.error.fields : {}
  const hints = {
    perSecond: limitDialog.rateHint,
    burst: limitDialog.burstHint,
    atOnce: limitDialog.atOnceHint,
  }
  const labels = { perSecond: limits.rate, burst: limits.burst, atOnce: limits.atOnce }
  const change = (name: FigureName, value: string) => {
    setFigures({ ...figures, [name]: value })
    setErrors({ ...errors, [name]: undefined })
  }
  return (
    <ConfirmDialog
      title={limitDialog.title}
      confirm={limitDialog.confirm}
      isBusy={save.isPending}
      error={save.error}
      onConfirm={({ reason }) => {
        const read = readFigures(figures)
        if ('errors' in read) setErrors(read.errors)
        else save.mutate({ provider, body: { ...read.limit, reason } })
      }}
      onClose={onClose}
    >
      <p>{limitDialog.lead}</p>
      <div className={classes.fields}>
        <Field label={limits.provider}>
          {(field) => (
            <select
              {...field}
              value={provider}
              disabled={limit !== null}
              onChange={(event) => setProvider(event.currentTarget.value)}
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
                onChange={(event) => change(name, event.currentTarget.value)}
              />
            )}
          </Field>
        ))}
      </div>
    </ConfirmDialog>
  )
}
