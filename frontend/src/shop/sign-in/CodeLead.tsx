import type { LoginStatus } from '../../api/types'
import { Notice } from '../../ui/Notice'
import { useCountdown } from '../../ui/useCountdown'
import type { PendingSignIn } from './pending'
import classes from './SignIn.module.css'
import { useSignInTexts } from './texts'

type CodeLeadProps = {
  pending: PendingSignIn
  /** Whether the email has left; undefined is not known. */
  status: LoginStatus['codeStatus'] | undefined
}

const LATE_AFTER_MS = 10_000

/** The words about the email with the code: it was sent, it is being sent, or it is late. */
export function CodeLead({ pending, status }: CodeLeadProps) {
  const texts = useSignInTexts()
  const secondsUntilLate = useCountdown(pending.requestedAt + LATE_AFTER_MS)
  const isLate = status === 'PENDING' && secondsUntilLate === 0
  return (
    <>
      <p className={classes.lead} aria-live="polite">
        {status === 'SENT' ? texts.codeLead : texts.sending}{' '}
        <strong className={classes.address}>{pending.email}</strong>
      </p>
      {isLate && (
        <Notice tone="waiting" title={texts.late}>
          {texts.lateLead}
        </Notice>
      )}
    </>
  )
}
