import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, Outlet, redirect, useMatches } from '@tanstack/react-router'
import { refreshSession } from './api/client'
import { session } from './api/session'
import { NotFoundPage } from './shop/errors/NotFoundPage'
import { RouteError } from './shop/errors/RouteError'
import { ShopFrame } from './shop/frame/ShopFrame'

type Context = { queryClient: QueryClient }

/** The root of all routes: the shop's and the console's. */
export const root = createRootRouteWithContext<Context>()({
  component: RootFrame,
  notFoundComponent: NotFoundPage,
  errorComponent: RouteError,
})

/** The frame of the shop, unless the page is one of the console, which brings its own. */
function RootFrame() {
  const isConsole = useMatches({
    select: (matches) => matches.some(({ routeId }) => routeId === '/console'),
  })
  return isConsole ? <Outlet /> : <ShopFrame />
}

/** Lead persons without a session to the sign-in page, and back afterwards. */
export async function requireSession({ location }: { location: { href: string } }) {
  const wasSignedIn = session.status !== 'signedOut'
  if (session.status === 'unknown') await refreshSession()
  if (session.status !== 'signedOut') return
  throw redirect({
    to: '/sign-in',
    search: { next: location.href },
    state: { sessionEnded: wasSignedIn },
    replace: true,
  })
}
