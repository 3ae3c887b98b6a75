import { useRefusal } from '../frame/me'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { shortId } from '../parts/Id'
import { useQuestion } from '../parts/useQuestion'
import { type Patient, type Remedy, ROLES, sendRemedy } from './remedies'
import classes from './Remedies.module.css'
import { texts } from './texts'

const GRAVE: ReadonlySet<Remedy> = new Set(['abandon', 'cancel', 'pause'])

type RemedyDialogProps = { remedy: Remedy; patient: Patient; onClose: () => void }

/** The question before something is done about a call or a message. */
export function RemedyDialog({ remedy, patient, onClose }: RemedyDialogProps) {
  const { id, name, unknownOutcomes } = patient
  const verb = texts.verbs[remedy]
  const isGrave = GRAVE.has(remedy)
  const question = useQuestion({
    name: `${remedy} ${id}`,
    run: ({ reason, maybeSent }) =>
      sendRemedy(patient, { remedy, reason, maybeSent: maybeSent === 'true' }),
    describe: () => texts.done[remedy](name),
    onClose,
  })
  return (
    <ConfirmDialog
      question={question}
      title={`${verb}: ${name}`}
      confirm={verb}
      danger={isGrave ? 'grave' : 'plain'}
      reason={isGrave ? 'required' : 'optional'}
      typed={remedy === 'abandon' ? shortId(id) : undefined}
      refusal={useRefusal(ROLES[remedy])}
    >
      <p>{texts.leads[remedy]}</p>
      {unknownOutcomes > 0 && <p>{texts.maybeSent(unknownOutcomes)}</p>}
      {unknownOutcomes > 0 && remedy === 'cancel' && (
        <label className={classes.choice}>
          <input
            type="checkbox"
            checked={question.draft.maybeSent === 'true'}
            onChange={({ currentTarget }) =>
              question.change({ maybeSent: String(currentTarget.checked) })
            }
          />
          {texts.cancelMaybeSent}
        </label>
      )}
    </ConfirmDialog>
  )
}
