import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { isStatus } from '../../api/problem'
import { useErrorText } from '../../ui/useErrorText'
import type { PendingSignIn } from './pending'
import { requestCode } from './queries'
import classes from './SignIn.module.css'
import { useSignInTexts } from './texts'

type EmailFormProps = { initialEmail: string; onRequested: (pending: PendingSignIn) => void }

/** The first step of signing in: the address that gets the code. */
export function EmailForm({ initialEmail, onRequested }: EmailFormProps) {
  const texts = useSignInTexts()
  const errorText = useErrorText()
  const [email, setEmail] = useState(initialEmail)
  const request = useMutation({ mutationFn: requestCode, onSuccess: onRequested })
  const error = isStatus(request.error, 422) ? texts.invalidEmail : null
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!request.isPending) request.mutate(email.trim())
      }}
    >
      <TextInput
        label={texts.email}
        type="email"
        name="email"
        autoComplete="username webauthn"
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
      {request.isError && error === null && (
        <p className={classes.error} role="alert">
          {errorText(request.error)}
        </p>
      )}
      <Button type="submit" fullWidth loading={request.isPending}>
        {texts.send}
      </Button>
    </form>
  )
}
