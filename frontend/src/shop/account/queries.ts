import { queryOptions } from '@tanstack/react-query'
import { call } from '../../api/client'
import { MINE } from '../../api/queries'

export const sessionsQuery = queryOptions({
  queryKey: [MINE, 'sessions'],
  queryFn: ({ signal }) => call('GET /auth/sessions', { signal }),
})

export const passkeysQuery = queryOptions({
  queryKey: [MINE, 'passkeys'],
  queryFn: ({ signal }) => call('GET /auth/passkeys', { signal }),
})
