import { ConfirmDialog } from '../parts/ConfirmDialog'
import { useQuestion } from '../parts/useQuestion'
import { type Change, doneText, roleOf, sendChange } from './changes'
import type { Person } from './queries'
import { texts } from './texts'

type ChangeDialogProps = { person: Person; change: Change; onClose: () => void }

const GRAVE: ReadonlySet<Change['kind']> = new Set(['suspend', 'erase'])
const WITHOUT_REASON: ReadonlySet<Change['kind']> = new Set(['endSessions', 'endSession'])

/** The question before a change to a person, sized to its danger. */
export function ChangeDialog({ person, change, onClose }: ChangeDialogProps) {
  const { email, id } = person
  const words = texts.changes[change.kind]
  const question = useQuestion({
    name: `${id} ${change.kind} ${roleOf(change)}`,
    run: (answer) => sendChange(person, change, answer),
    describe: () => doneText(change, email),
    changes: ['people', 'person', 'audit'],
    onClose,
  })
  return (
    <ConfirmDialog
      question={question}
      title={words.title(roleOf(change))}
      confirm={words.confirm}
      danger={GRAVE.has(change.kind) ? 'grave' : 'plain'}
      reason={WITHOUT_REASON.has(change.kind) ? 'optional' : 'required'}
      typed={change.kind === 'erase' ? email : undefined}
    >
      <p>{words.lead(email, roleOf(change))}</p>
    </ConfirmDialog>
  )
}
