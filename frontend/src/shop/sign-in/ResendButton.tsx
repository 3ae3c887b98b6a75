import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { limitedUntil } from '../../api/problem'
import { ErrorText } from '../../ui/ErrorText'
import { useCountdown } from '../../ui/useCountdown'
import { type PendingSignIn, RESEND_AFTER_MS } from './pending'
import { requestCode } from './queries'
import classes from './SignIn.module.css'
import { useSignInTexts } from './texts'

type ResendButtonProps = {
  pending: PendingSignIn
  /** From when the server sends another code, in milliseconds since 1970; null is not known. */
  resendAt: number | null
  /** The button is the only way on. */
  primary?: boolean
  onRequested: (pending: PendingSignIn) => void
}

/** The button that requests another code, which counts down until the server sends one. */
export function ResendButton({ pending, resendAt, primary, onRequested }: ResendButtonProps) {
  const texts = useSignInTexts()
  const resend = useMutation({
    mutationFn: () => requestCode(pending.email),
    onSuccess: onRequested,
  })
  const limit = limitedUntil(resend.error)
  const seconds = useCountdown(limit ?? resendAt ?? pending.requestedAt + RESEND_AFTER_MS)
  return (
    <>
      <Button
        variant={primary ? 'filled' : 'subtle'}
        size={primary ? 'md' : 'compact-md'}
        fullWidth={primary}
        className={primary ? 'tabular' : `tabular ${classes.resend}`}
        disabled={seconds > 0}
        loading={resend.isPending}
        onClick={() => resend.mutate()}
      >
        {seconds > 0 ? texts.resendIn(seconds) : texts.resend}
      </Button>
      {limit === null && <ErrorText error={resend.error} />}
    </>
  )
}
