import { Button, Skeleton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { call } from '../../api/client'
import { useUser } from '../../api/queries'
import { session } from '../../api/session'
import { LoadError } from '../../ui/LoadError'
import { Page } from '../../ui/Page'
import { DataSection } from './DataSection'
import { PasskeysSection } from './PasskeysSection'
import { ProfileSection } from './ProfileSection'
import { SessionsSection } from './SessionsSection'
import { useAccountTexts } from './texts'

/** The page of a person's profile, sessions, passkeys and data. */
export function AccountPage() {
  const texts = useAccountTexts()
  const user = useUser()
  return (
    <Page
      title={texts.title}
      lead={user.data?.email ?? <Skeleton width={220} height={24} component="span" />}
      actions={
        <>
          <Button variant="default" renderRoot={(props) => <Link to="/orders" {...props} />}>
            {texts.orders}
          </Button>
          <SignOutButton />
        </>
      }
      narrow
    >
      {user.isError && <LoadError error={user.error} onRetry={() => void user.refetch()} />}
      {user.data !== undefined && (
        <>
          <ProfileSection user={user.data} />
          <SessionsSection />
          <PasskeysSection email={user.data.email} />
          <DataSection email={user.data.email} />
        </>
      )}
      {user.isPending && <Skeleton height={480} radius="lg" />}
    </Page>
  )
}

function SignOutButton() {
  const texts = useAccountTexts()
  const navigate = useNavigate()
  const signOut = useMutation({
    mutationFn: () => call('POST /auth/logout'),
    // The person wants to be gone from this device, also when the server is not reached.
    onSettled: async () => {
      await navigate({ to: '/' })
      session.end()
    },
  })
  return (
    <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
      {texts.signOut}
    </Button>
  )
}
