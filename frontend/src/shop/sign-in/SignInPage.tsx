import { useQueryClient } from '@tanstack/react-query'
import { Link, useLocation, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { call } from '../../api/client'
import { userQuery, useSessionStatus } from '../../api/queries'
import { session } from '../../api/session'
import type { SignedIn } from '../../api/types'
import { Notice } from '../../ui/Notice'
import { PageHeading } from '../../ui/Page'
import { CodeForm } from './CodeForm'
import { EmailForm } from './EmailForm'
import { PasskeyButton } from './PasskeyButton'
import { type PendingSignIn, readPending, writePending } from './pending'
import classes from './SignIn.module.css'
import { useSignInTexts } from './texts'

/** The page of signing in. Afterwards it leads back to where the person was. */
export function SignInPage() {
  const texts = useSignInTexts()
  const [pending, setPending] = useState<PendingSignIn | null>(() => readPending())
  const [previous, setPrevious] = useState<PendingSignIn | null>(null)
  const { sessionEnded = false } = useLocation().state
  const isCodeStep = pending !== null
  const signIn = useSignIn()
  useReturn()

  const change = (next: PendingSignIn | null) => {
    writePending(next)
    setPending(next)
  }
  return (
    <div className={classes.page}>
      <div className={classes.card}>
        <PageHeading key={String(isCodeStep)} title={isCodeStep ? texts.codeTitle : texts.title}>
          {isCodeStep ? texts.codeTitle : texts.title}
        </PageHeading>
        {pending === null ? (
          <>
            {sessionEnded && <Notice tone="waiting">{texts.ended}</Notice>}
            <p className={classes.lead}>{texts.lead}</p>
            <EmailForm previous={previous} onRequested={change} />
            <PasskeyButton
              onProof={async (body) => signIn(await call('POST /auth/passkeys/sign-in', { body }))}
            />
            <p className={classes.hint}>
              {texts.agreement} <Link to="/terms">{texts.terms}</Link>. {texts.addressUse}{' '}
              <Link to="/privacy">{texts.privacy}</Link>.
            </p>
          </>
        ) : (
          <CodeForm
            pending={pending}
            onCode={async (code) => {
              const { email: address, loginId } = pending
              const body = { email: address, code, loginId }
              const signedIn = await call('POST /auth/verify-code', { body })
              writePending(null)
              signIn(signedIn)
            }}
            onRequested={change}
            onOtherAddress={() => {
              setPrevious(pending)
              change(null)
            }}
          />
        )}
      </div>
    </div>
  )
}

/** Return the function that begins a session. */
function useSignIn(): (signedIn: SignedIn) => void {
  const queryClient = useQueryClient()
  return ({ user, accessToken }) => {
    queryClient.setQueryData(userQuery.queryKey, user)
    session.begin(accessToken)
  }
}

/** Leave the page once the person is signed in, also in another tab. */
function useReturn(): void {
  const status = useSessionStatus()
  const { next } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const navigate = useNavigate()
  useEffect(() => {
    if (status !== 'signedIn') return
    if (next === undefined) void navigate({ to: '/', replace: true })
    else router.history.replace(next)
  }, [status, next, router, navigate])
}
