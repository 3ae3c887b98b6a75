import { useState } from 'react'
import { useRoleRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { useAction } from '../parts/useAction'
import { type Patient, type Remedy, ROLES, sendRemedy } from './remedies'
import classes from './Remedies.module.css'
import { RemedyDialog } from './RemedyDialog'
import { texts } from './texts'

type RemedyButtonsProps = {
  patient: Patient
  remedies: readonly Remedy[]
  /** Done by one press: a repetition harms nobody. */
  harmless: readonly Remedy[]
  /** Why none of them is possible now. */
  refusal?: string | null
}

/** The buttons for what can be done about a call or a message. */
export function RemedyButtons({ patient, remedies, harmless, refusal }: RemedyButtonsProps) {
  const roleRefusal = useRoleRefusal()
  const [asked, setAsked] = useState<Remedy | null>(null)
  const action = useAction({
    run: (remedy: Remedy) => sendRemedy(patient, { remedy, reason: '' }),
    describe: (_, remedy) => texts.done[remedy](patient.name),
  })
  if (remedies.length === 0) return null
  return (
    <div className={classes.buttons}>
      {remedies.map((remedy) => {
        const isHarmless = harmless.includes(remedy)
        return (
          <Button
            key={remedy}
            kind={isHarmless ? 'primary' : 'default'}
            refusal={roleRefusal(ROLES[remedy]) ?? refusal}
            isBusy={action.isPending && action.variables === remedy}
            onClick={() => (isHarmless ? action.mutate(remedy) : setAsked(remedy))}
          >
            {isHarmless ? texts.verbs[remedy] : texts.asked(texts.verbs[remedy])}
          </Button>
        )
      })}
      {asked !== null && (
        <RemedyDialog remedy={asked} patient={patient} onClose={() => setAsked(null)} />
      )}
    </div>
  )
}
