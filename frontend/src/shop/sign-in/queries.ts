import { queryOptions } from '@tanstack/react-query'
import { call } from '../../api/client'
import { localTime } from '../../api/clock'

const SENDING_INTERVAL_MS = 1000
const WAITING_INTERVAL_MS = 10_000

/** The state of a sign-in: whether its code was sent, and when another may be requested. */
export function loginQuery(loginId: string) {
  return queryOptions({
    queryKey: ['login', loginId],
    queryFn: async ({ signal }) => {
      const path = { loginId }
      const login = await call('GET /auth/login/{loginId}', { path, signal })
      const { resendAfter } = login
      return { ...login, resendAt: resendAfter === null ? null : localTime(resendAfter) }
    },
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined || data.codeStatus === 'PENDING') return SENDING_INTERVAL_MS
      return data.status === 'PENDING' ? WAITING_INTERVAL_MS : false
    },
  })
}

/** Request a code by email. */
export async function requestCode(email: string) {
  const begun = await call('POST /auth/login', { body: { email } })
  return { email, loginId: begun.loginId, requestedAt: Date.now() }
}
