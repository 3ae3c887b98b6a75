import type { SignalView } from '../../api/types'
import { ErrorBlock } from '../parts/ErrorBlock'
import { Links } from '../parts/Links'
import { RemedyButtons } from '../remedies/RemedyButtons'
import { replayRefusal } from './queries'
import classes from './Signals.module.css'
import { texts } from './texts'

/** How applying a signal went, and the button that applies it again. */
export function SignalDetails({ signal }: { signal: SignalView }) {
  return (
    <div className={classes.details}>
      <p>{texts.status[signal.state]}</p>
      <ErrorBlock label={texts.error} error={signal.lastError} />
      <Links links={signal.links} />
      <RemedyButtons
        patient={{ id: signal.id, name: signal.kind, unknownOutcomes: 0 }}
        remedies={['replay']}
        harmless={['replay']}
        refusal={replayRefusal(signal)}
      />
    </div>
  )
}
