import { Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSessionStatus } from '../../api/queries'

/** The pages that need a session. When it ends, also in another tab, they lead to the sign-in. */
export function MembersArea() {
  const status = useSessionStatus()
  const navigate = useNavigate()
  const { href } = useLocation()
  useEffect(() => {
    if (status === 'signedOut') {
      void navigate({
        to: '/sign-in',
        search: { next: href },
        state: { sessionEnded: true },
        replace: true,
      })
    }
  }, [status, navigate, href])
  return <Outlet />
}
