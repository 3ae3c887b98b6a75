import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { isStatus, limitedUntil } from '../../api/problem'
import { LimitText } from '../../ui/ErrorText'
import { Notice } from '../../ui/Notice'
import { useErrorText } from '../../ui/useErrorText'
import { CODE_LENGTH, CodeField } from './CodeField'
import { CodeLead } from './CodeLead'
import type { PendingSignIn } from './pending'
import { loginQuery } from './queries'
import { ResendButton } from './ResendButton'
import classes from './SignIn.module.css'
import { useSignInTexts } from './texts'

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
      if (isStatus(error, 401)) setCode('')
    },
  })
  const isBusy = enter.isPending || enter.isSuccess
  const submit = (complete: string) => {
    if (complete.length === CODE_LENGTH && !isBusy) enter.mutate(complete)
  }
  const codeStatus = login.data?.codeStatus
  const isUnsent = codeStatus === 'ERROR_SENDING_EMAIL'
  const isLast = isStatus(enter.error, 401) && enter.error.problem.attemptsLeft === 0
  const isEnded = isLast || isStatus(enter.error, 410) || login.data?.status === 'FAILED'
  const isOver = !isBusy && (isUnsent || isEnded)
  const resend = (
    <ResendButton
      pending={pending}
      resendAt={login.data?.resendAt ?? null}
      primary={isOver}
      onRequested={(next) => {
        setCode('')
        enter.reset()
        onRequested(next)
      }}
    />
  )
  const otherAddress = onOtherAddress !== undefined && (
    <Button variant="subtle" size="compact-md" onClick={onOtherAddress}>
      {texts.wrongAddress}
    </Button>
  )
  if (isOver) {
    return (
      <EndedSignIn reason={isUnsent ? texts.unsent(pending.email) : texts.expired}>
        {resend}
        <div className={classes.links}>{otherAddress}</div>
      </EndedSignIn>
    )
  }
  return (
    <form
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        submit(code)
      }}
    >
      <CodeLead pending={pending} status={codeStatus} />
      <CodeField
        label={texts.code}
        value={code}
        error={enter.error && <CodeError error={enter.error} />}
        busy={isBusy}
        onChange={(typed) => {
          setCode(typed)
          if (typed !== '' && enter.isError) enter.reset()
        }}
        onComplete={submit}
      />
      <Button type="submit" fullWidth loading={isBusy} disabled={code.length < CODE_LENGTH}>
        {texts.confirm}
      </Button>
      <div className={classes.links}>
        {resend}
        {otherAddress}
      </div>
      {codeStatus === 'SENT' && <p className={classes.hint}>{texts.spam}</p>}
    </form>
  )
}

/** The place of the field when no code can be entered any more. It takes the focus of the field. */
function EndedSignIn({ reason, children }: { reason: string; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    <div ref={place} tabIndex={-1} className={classes.ended}>
      <Notice tone="failed">{reason}</Notice>
      {children}
    </div>
  )
}

/** The reason why a code was not accepted. */
function CodeError({ error }: { error: Error }) {
  const texts = useSignInTexts()
  const errorText = useErrorText()
  const limit = limitedUntil(error)
  if (limit !== null) return <LimitText error={error} until={limit} />
  if (!isStatus(error, 401, 422)) return errorText(error)
  const left = error.problem.attemptsLeft
  return (
    <>
      {texts.wrongCode} {typeof left === 'number' && texts.attemptsLeft(left)}
    </>
  )
}
