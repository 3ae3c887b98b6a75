import type { ActivityView } from '../../api/types'
import { ErrorBlock } from '../parts/ErrorBlock'
import { Links } from '../parts/Links'
import { useNow } from '../parts/now'
import { RemedyButtons } from '../remedies/RemedyButtons'
import { REMEDIES } from '../remedies/remedies'
import classes from './Activities.module.css'
import { statusText } from './status'
import { texts } from './texts'

/** Why nothing is happening to an activity, its error, and what can be done about it. */
export function ActivityDetails({ activity }: { activity: ActivityView }) {
  const now = useNow()
  const { lastError, maybeSent, unknownOutcomes } = activity
  // Its execution is shown beside it already.
  const links = activity.links.filter(({ url }) => !url.startsWith('/'))
  return (
    <div className={classes.details}>
      <p className={classes.status}>{statusText(activity, now)}</p>
      {maybeSent && <p className={classes.status}>{texts.maybeSent(unknownOutcomes)}</p>}
      <ErrorBlock label={texts.error} error={lastError} />
      <Links links={links} />
      <RemedyButtons
        patient={activity}
        remedies={REMEDIES.filter((remedy) => activity.allowed.includes(remedy))}
        // A repeated email is seen by the customer; other calls have a key and are done once.
        harmless={maybeSent ? ['run-now'] : ['run-now', 'retry']}
      />
    </div>
  )
}
