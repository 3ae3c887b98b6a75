import { Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSessionStatus } from '../../api/queries'

/** The pages that need a session. */
export function MembersArea() {
  useSessionEnd()
  return <Outlet />
}

/** Lead to the sign-in page when the session ends, also in another tab. */
export function useSessionEnd(): void {
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
}
