import { queryOptions } from '@tanstack/react-query'
import { call, callForReply } from '../../api/client'

const SENDING_INTERVAL_MS = 1000
const WAITING_INTERVAL_MS = 10_000

/** The state of a sign-in: whether its code was sent, and when another may be requested. */
export function loginQuery(loginId: string) {
  return queryOptions({
    queryKey: ['login', loginId],
    queryFn: async ({ signal }) => {
      const path = { loginId }
      const { data, headers } = await callForReply('GET /auth/login/{loginId}', { path, signal })
      return { ...data, resendAt: resendTime(data.resendAfter, headers.get('Date')) }
    },
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined || data.codeStatus === 'PENDING') return SENDING_INTERVAL_MS
      return data.status === 'PENDING' ? WAITING_INTERVAL_MS : false
    },
  })
}

/**
 * Return the time from which another code may be requested, in milliseconds of this browser's
 * clock, which may differ from the server's.
 */
export function resendTime(
  resendAfter: string | null,
  serverTime: string | null,
  now: number = Date.now(),
): number | null {
  if (resendAfter === null) return null
  const server = serverTime === null ? now : Date.parse(serverTime)
  return now + (Date.parse(resendAfter) - server)
}

/** Request a code by e-mail. */
export async function requestCode(email: string) {
  const begun = await call('POST /auth/login', { body: { email } })
  return { email, loginId: begun.loginId, requestedAt: Date.now() }
}
