import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { isStatus, limitedUntil } from '../../api/problem'
import { ErrorText } from '../../ui/ErrorText'
import { useCountdown } from '../../ui/useCountdown'
import { type PendingSignIn, RESEND_AFTER_MS } from './pending'
import { requestCode } from './queries'
import classes from './SignIn.module.css'
import { useSignInTexts } from './texts'

type EmailFormProps = {
  /** The sign-in whose code the person did not enter. */
  previous: PendingSignIn | null
  onRequested: (pending: PendingSignIn) => void
}

/** The first step of signing in: the address that gets the code. */
export function EmailForm({ previous, onRequested }: EmailFormProps) {
  const texts = useSignInTexts()
  const input = useRef<HTMLInputElement>(null)
  const [email, setEmail] = useState(previous?.email ?? '')
  const request = useMutation({
    mutationFn: async (address: string) =>
      // The server sends no second code so soon: the first is on its way.
      isRecent(previous, address) ? previous : requestCode(address),
    onSuccess: onRequested,
  })
  const seconds = useCountdown(limitedUntil(request.error))
  // The person came for this field. The form's name tells screen readers where they are.
  useEffect(() => input.current?.focus(), [])
  const error = isStatus(request.error, 422) ? texts.invalidEmail : null
  return (
    <form
      noValidate
      aria-label={texts.title}
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!request.isPending && seconds === 0) request.mutate(email.trim())
      }}
    >
      <TextInput
        ref={input}
        label={texts.email}
        type="email"
        name="email"
        autoComplete="username"
        inputMode="email"
        spellCheck={false}
        autoCapitalize="none"
        value={email}
        error={error}
        onChange={(event) => {
          setEmail(event.currentTarget.value)
          if (request.isError) request.reset()
        }}
      />
      {error === null && <ErrorText error={request.error} />}
      <Button type="submit" fullWidth loading={request.isPending} disabled={seconds > 0}>
        {texts.send}
      </Button>
    </form>
  )
}

function isRecent(pending: PendingSignIn | null, email: string): pending is PendingSignIn {
  if (pending === null || pending.email.toLowerCase() !== email.toLowerCase()) return false
  return Date.now() - pending.requestedAt < RESEND_AFTER_MS
}
