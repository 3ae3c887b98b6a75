import { call } from '../../api/client'
import type { SignalView } from '../../api/types'
import { Button } from '../parts/Button'
import { ErrorBlock } from '../parts/ErrorBlock'
import { Links } from '../parts/Links'
import { useAction } from '../parts/useAction'
import { useRefusal } from '../frame/me'
import { replayRefusal } from './queries'
import classes from './Signals.module.css'
import { texts } from './texts'

/** How applying a signal went, and the button that applies it again. */
export function SignalDetails({ signal }: { signal: SignalView }) {
  const roleRefusal = useRefusal('staff')
  const replay = useAction({
    run: () =>
      call('POST /admin/signals/{signalId}/replay', { path: { signalId: signal.id }, body: {} }),
    describe: () => texts.replayed(signal.kind),
  })
  return (
    <div className={classes.details}>
      <p>{texts.status[signal.state]}</p>
      <ErrorBlock label={texts.error} error={signal.lastError} />
      <Links links={signal.links} />
      <div className={classes.actions}>
        <Button
          kind={signal.canReplay ? 'primary' : 'default'}
          refusal={roleRefusal ?? replayRefusal(signal)}
          isBusy={replay.isPending}
          onClick={() => replay.mutate(undefined)}
        >
          {texts.replay}
        </Button>
      </div>
    </div>
  )
}
