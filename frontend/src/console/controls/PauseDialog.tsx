import { useState } from 'react'
import { call } from '../../api/client'
import type { ControlsView, PauseKind, TargetView } from '../../api/types'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { Field } from '../parts/Field'
import { useAction } from '../parts/useAction'
import { texts } from './texts'

type PauseDialogProps = { controls: ControlsView; onClose: () => void }
type PauseInput = TargetView & { reason: string }

const KINDS = ['provider', 'queue', 'activity'] as const satisfies readonly PauseKind[]

/** The dialog that pauses an activity, a queue or a provider. */
export function PauseDialog({ controls, onClose }: PauseDialogProps) {
  const [chosen, setChosen] = useState('')
  const paused = new Set(controls.pauses.map(keyOf))
  const targets = controls.targets.filter((target) => !paused.has(keyOf(target)))
  const target = targets.find((each) => keyOf(each) === chosen)
  const pause = useAction({
    run: (body: PauseInput) => call('POST /admin/controls/pause', { body }),
    describe: (_, { name }) => texts.pauses.paused(name),
    onDone: onClose,
    isQuiet: true,
  })
  const { title, lead, what, choose, confirm, known } = texts.pauseDialog
  return (
    <ConfirmDialog
      title={title}
      confirm={confirm}
      danger="grave"
      refusal={target === undefined ? known : null}
      isBusy={pause.isPending}
      error={pause.error}
      onConfirm={({ reason }) => {
        if (target !== undefined) pause.mutate({ ...target, reason })
      }}
      onClose={onClose}
    >
      <p>{lead}</p>
      <Field label={what}>
        {(field) => (
          <select
            {...field}
            data-autofocus
            value={chosen}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            <option value="">{choose}</option>
            {KINDS.map((kind) => (
              <optgroup key={kind} label={texts.kinds[kind]}>
                {targets
                  .filter((each) => each.kind === kind)
                  .map((each) => (
                    <option key={keyOf(each)} value={keyOf(each)}>
                      {each.name}
                    </option>
                  ))}
              </optgroup>
            ))}
          </select>
        )}
      </Field>
    </ConfirmDialog>
  )
}

function keyOf({ kind, name }: TargetView): string {
  return `${kind} ${name}`
}
