import { Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSessionStatus } from '../../api/queries'

/** The pages that need a session. When it ends, also in another tab, they lead to the sign-in. */
export function MembersArea() {
  const status = useSessionStatus()
  const router = useRouter()
  useEffect(() => {
    if (status !== 'signedOut') return
    // Read here: the location is that of the sign-in page before this component has ended.
    const next = router.state.location.href
    void router.navigate({
      to: '/sign-in',
      search: { next },
      state: { sessionEnded: true },
      replace: true,
    })
  }, [status, router])
  return <Outlet />
}
