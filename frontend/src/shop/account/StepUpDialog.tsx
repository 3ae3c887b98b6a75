import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client'
import { ApiError } from '../../api/problem'
import { session } from '../../api/session'
import type { StepUp } from '../../api/types'
import { Dialog } from '../../ui/Dialog'
import { ErrorText } from '../../ui/ErrorText'
import { CodeForm } from '../sign-in/CodeForm'
import { PasskeyButton } from '../sign-in/PasskeyButton'
import type { PendingSignIn } from '../sign-in/pending'
import { requestCode } from '../sign-in/queries'
import classes from './Account.module.css'
import { useAccountTexts } from './texts'

type StepUpGuard = {
  /**
   * Run a task. When the server asks for a new proof of identity, ask the person for it and run the
   * task again. Throws the server's refusal when the person cancels.
   */
  guard: <T>(task: () => Promise<T>) => Promise<T>
  dialog: ReactNode
}

type Question = { answer: (isProven: boolean) => void }

/** Return a guard for tasks that need a recent sign-in, and its dialog, which the page shows. */
export function useStepUp(email: string): StepUpGuard {
  const [question, setQuestion] = useState<Question | null>(null)
  const close = (isProven: boolean) => {
    question?.answer(isProven)
    setQuestion(null)
  }
  return {
    guard: async (task) => {
      try {
        return await task()
      } catch (error) {
        if (!(error instanceof ApiError && error.needsStepUp)) throw error
        const isProven = await new Promise<boolean>((answer) => setQuestion({ answer }))
        if (!isProven) throw error
        return task()
      }
    },
    dialog: question !== null && <StepUpDialog email={email} onClose={close} />,
  }
}

type StepUpDialogProps = { email: string; onClose: (isProven: boolean) => void }

function StepUpDialog({ email, onClose }: StepUpDialogProps) {
  const texts = useAccountTexts()
  const [pending, setPending] = useState<PendingSignIn | null>(null)
  const request = useMutation({ mutationFn: () => requestCode(email), onSuccess: setPending })
  const prove = async (body: StepUp) => {
    const { accessToken } = await call('POST /auth/step-up', { body })
    session.begin(accessToken)
    onClose(true)
  }
  return (
    <Dialog title={texts.stepUpTitle} onClose={() => onClose(false)}>
      <div className={classes.dialog}>
        <p>{texts.stepUpLead}</p>
        {pending === null ? (
          <>
            <Button fullWidth loading={request.isPending} onClick={() => request.mutate()}>
              {texts.sendCode}
            </Button>
            <ErrorText error={request.error} />
            <PasskeyButton onProof={(passkey) => prove({ passkey })} />
          </>
        ) : (
          <CodeForm
            pending={pending}
            onCode={(code) => prove({ code, loginId: pending.loginId })}
            onRequested={setPending}
          />
        )}
      </div>
    </Dialog>
  )
}
