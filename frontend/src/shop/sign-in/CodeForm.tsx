import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, isStatus } from '../../api/problem'
import { Notice } from '../../ui/Notice'
import { useCountdown } from '../../ui/useCountdown'
import { useErrorText } from '../../ui/useErrorText'
import { CODE_LENGTH, CodeField } from './CodeField'
import type { PendingSignIn } from './pending'
import { loginQuery, requestCode } from './queries'
import classes from './SignIn.module.css'
import { useSignInTexts } from './texts'

const RESEND_AFTER_MS = 60_000

type CodeFormProps = {
  pending: PendingSignIn
  /** Exchange the code. What it throws is shown beside the field. */
  onCode: (code: string) => Promise<void>
  onRequested: (pending: PendingSignIn) => void
  /** Go back to the address; left out where the address is given. */
  onOtherAddress?: () => void
}

/** The second step of signing in: the code, a new code, or another address. */
export function CodeForm({ pending, onCode, onRequested, onOtherAddress }: CodeFormProps) {
  const texts = useSignInTexts()
  const [code, setCode] = useState('')
  const login = useQuery(loginQuery(pending.loginId))
  const enter = useMutation({
    mutationFn: onCode,
    onError: (error) => {
      if (isStatus(error, 401, 410)) setCode('')
    },
  })
  const error = useCodeError(enter.error)
  const isUnsent = login.data?.codeStatus === 'ERROR_SENDING_EMAIL'
  const isEnded = isStatus(enter.error, 410) || login.data?.status === 'FAILED'
  const lead = login.data?.codeStatus === 'SENT' ? texts.codeLead : texts.sending
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (code.length === CODE_LENGTH && !enter.isPending) enter.mutate(code)
      }}
    >
      {isUnsent ? (
        <Notice tone="failed">{texts.unsent(pending.email)}</Notice>
      ) : (
        <p className={classes.lead} aria-live="polite">
          {lead(pending.email)}
        </p>
      )}
      <CodeField
        label={texts.code}
        value={code}
        error={error ?? (isEnded ? texts.expired : null)}
        disabled={enter.isPending || enter.isSuccess}
        onChange={setCode}
        onComplete={(complete) => {
          if (!enter.isPending) enter.mutate(complete)
        }}
      />
      <Button
        type="submit"
        fullWidth
        loading={enter.isPending || enter.isSuccess}
        disabled={code.length < CODE_LENGTH}
      >
        {texts.confirm}
      </Button>
      <div className={classes.links}>
        <ResendButton
          pending={pending}
          onRequested={(next) => {
            setCode('')
            enter.reset()
            onRequested(next)
          }}
        />
        {onOtherAddress !== undefined && (
          <Button variant="subtle" size="compact-md" onClick={onOtherAddress}>
            {texts.wrongAddress}
          </Button>
        )}
      </div>
      <p className={classes.hint}>{texts.spam}</p>
    </form>
  )
}

type ResendProps = Pick<CodeFormProps, 'pending' | 'onRequested'>

function ResendButton({ pending, onRequested }: ResendProps) {
  const texts = useSignInTexts()
  const errorText = useErrorText()
  const resend = useMutation({
    mutationFn: () => requestCode(pending.email),
    onSuccess: onRequested,
  })
  const limit = resend.error instanceof ApiError ? resend.error.retryAfter : null
  const [limitedUntil, setLimitedUntil] = useState<number | null>(null)
  const seconds = useCountdown(limitedUntil ?? pending.requestedAt + RESEND_AFTER_MS)
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-md"
        className="tabular"
        disabled={seconds > 0}
        loading={resend.isPending}
        onClick={() =>
          resend.mutate(undefined, {
            onError: (error) => {
              const after = error instanceof ApiError ? error.retryAfter : null
              setLimitedUntil(after === null ? null : Date.now() + after * 1000)
            },
          })
        }
      >
        {seconds > 0 ? texts.resendIn(seconds) : texts.resend}
      </Button>
      {resend.isError && limit === null && (
        <p className={classes.error} role="alert">
          {errorText(resend.error)}
        </p>
      )}
    </div>
  )
}

function useCodeError(error: unknown): string | null {
  const texts = useSignInTexts()
  const errorText = useErrorText()
  if (error === null) return null
  if (isStatus(error, 410)) return texts.expired
  if (!isStatus(error, 401, 422)) return errorText(error)
  const left = error.problem.attemptsLeft
  return typeof left === 'number'
    ? `${texts.wrongCode} ${texts.attemptsLeft(left)}`
    : texts.wrongCode
}
