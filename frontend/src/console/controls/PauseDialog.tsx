import { call } from '../../api/client'
import type { ControlsView, PauseKind, TargetView } from '../../api/types'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { Field } from '../parts/Field'
import { useQuestion } from '../parts/useQuestion'
import { describeTarget, keyOf } from './targets'
import { texts } from './texts'

type PauseDialogProps = {
  controls: ControlsView
  /** What is chosen at first, such as `activity refunds.submit`. */
  first?: string | undefined
  onClose: () => void
}

const KINDS = ['provider', 'queue', 'activity'] as const satisfies readonly PauseKind[]

const NOTHING: TargetView = { kind: 'provider', name: '' }

/** The dialog that pauses an activity, a queue or a provider. */
export function PauseDialog({ controls, first, onClose }: PauseDialogProps) {
  const paused = new Set(controls.pauses.map(keyOf))
  const targets = controls.targets.filter((target) => !paused.has(keyOf(target)))
  const find = (chosen = first) => targets.find((target) => keyOf(target) === chosen) ?? NOTHING
  const question = useQuestion({
    name: 'pause',
    run: ({ reason, chosen }) =>
      call('POST /admin/controls/pause', { body: { ...find(chosen), reason } }),
    describe: (_, { chosen }) => texts.pauses.paused(find(chosen).name),
    onClose,
  })
  const { title, lead, what, choose, confirm, known } = texts.pauseDialog
  return (
    <ConfirmDialog
      question={question}
      title={title}
      confirm={confirm}
      danger="grave"
      refusal={find(question.draft.chosen) === NOTHING ? known : null}
    >
      <p>{lead}</p>
      <Field label={what}>
        {(field) => (
          <select
            {...field}
            data-autofocus
            value={question.draft.chosen ?? first ?? ''}
            onChange={(event) => question.change({ chosen: event.currentTarget.value })}
          >
            <option value="">{choose}</option>
            {KINDS.map((kind) => (
              <optgroup key={kind} label={texts.kinds[kind]}>
                {targets
                  .filter((each) => each.kind === kind)
                  .map((each) => (
                    <option key={keyOf(each)} value={keyOf(each)}>
                      {describeTarget(each)}
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
