import { ConfirmDialog } from '../parts/ConfirmDialog'
import { useFormDraft } from '../parts/draft'
import { useAction } from '../parts/useAction'
import { type Answer, type Change, doneText, roleOf, sendChange } from './changes'
import type { Person } from './queries'
import { texts } from './texts'

type ChangeDialogProps = { person: Person; change: Change; onClose: () => void }

const GRAVE: ReadonlySet<Change['kind']> = new Set(['suspend', 'erase'])
const WITHOUT_REASON: ReadonlySet<Change['kind']> = new Set(['endSessions', 'endSession'])

/** The question before a change to a person, sized to its danger. */
export function ChangeDialog({ person, change, onClose }: ChangeDialogProps) {
  const { email, id } = person
  const words = texts.changes[change.kind]
  const { draft, change: edit, clear } = useFormDraft(`${id} ${change.kind} ${roleOf(change)}`)
  const close = () => {
    clear()
    onClose()
  }
  const action = useAction({
    run: (answer: Answer) => sendChange(person, change, answer),
    describe: () => doneText(change, email),
    onDone: close,
    changes: ['people', 'person', 'audit'],
    isQuiet: true,
  })
  return (
    <ConfirmDialog
      title={words.title(roleOf(change))}
      confirm={words.confirm}
      danger={GRAVE.has(change.kind) ? 'grave' : 'plain'}
      reason={WITHOUT_REASON.has(change.kind) ? 'optional' : 'required'}
      typed={change.kind === 'erase' ? email : undefined}
      draft={{ reason: draft.reason ?? '', onReason: (reason) => edit({ reason }) }}
      isBusy={action.isPending}
      error={action.error}
      onConfirm={(answer) => action.mutate(answer)}
      onClose={close}
    >
      <p>{words.lead(email, roleOf(change))}</p>
    </ConfirmDialog>
  )
}
