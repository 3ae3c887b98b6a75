import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { call } from './client'
import { ApiError, NetworkError } from './problem'
import { session } from './session'

type Answer = { status: number; body?: unknown; headers?: Record<string, string> }
type Handler = (request: IncomingMessage) => Answer

let server: Server
let answer: Handler
let requests: string[]

/** Answer as the API does, and remember what was asked. */
function respond(request: IncomingMessage, response: ServerResponse): void {
  requests.push(`${request.method} ${request.url}`)
  const { status, body, headers = {} } = answer(request)
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  response.writeHead(status, { 'Content-Type': type, ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

beforeEach(async () => {
  requests = []
  server = createServer(respond)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  window.location.href = originOf(server.address())
  session.end()
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function originOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return `http://127.0.0.1:${address.port}/`
}

/** An API whose access tokens are all expired but `fresh`, and whose refresh cookie is good. */
function refreshing(request: IncomingMessage): Answer {
  if (request.url === '/auth/refresh') {
    return { status: 200, body: { accessToken: 'fresh', expiresIn: 900 } }
  }
  const isFresh = request.headers.authorization === 'Bearer fresh'
  return isFresh ? { status: 200, body: [] } : { status: 401, body: { status: 401 } }
}

test('a problem document becomes an error with the message of each field', async () => {
  const email = { field: 'email', message: 'must be an address', code: 'invalidEmail' }
  answer = () => ({
    status: 422,
    body: {
      title: 'Unprocessable',
      detail: 'Invalid fields: email',
      requestId: 'r1',
      errors: [email],
    },
    headers: { 'Retry-After': '7' },
  })
  const error = await call('POST /auth/login', { body: { email: 'x' } }).catch((it: unknown) => it)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({
    status: 422,
    message: 'Invalid fields: email',
    fields: { email },
    requestId: 'r1',
    retryAfter: 7,
  })
})

test('an expired token is renewed once, for all requests that meet it', async () => {
  answer = refreshing
  session.begin('stale')
  await Promise.all([call('GET /auth/sessions'), call('GET /auth/passkeys')])
  expect(requests.filter((request) => request === 'POST /auth/refresh')).toHaveLength(1)
  expect(session.token).toBe('fresh')
})

test('a session that cannot be renewed has ended', async () => {
  answer = () => ({ status: 401, body: { status: 401 } })
  session.begin('stale')
  await expect(call('GET /auth/sessions')).rejects.toMatchObject({ status: 401 })
  expect(session.status).toBe('signedOut')
})

test('a demand for a new proof of identity is no expired token', async () => {
  const challenge = 'Bearer error="insufficient_user_authentication", max_age="300"'
  answer = () => ({ status: 401, body: {}, headers: { 'WWW-Authenticate': challenge } })
  session.begin('good')
  const error = await call('POST /auth/passkeys/register/options').catch((it: unknown) => it)
  expect(error).toMatchObject({ needsStepUp: true })
  expect(requests).toEqual(['POST /auth/passkeys/register/options'])
  expect(session.status).toBe('signedIn')
})

test('values are escaped in paths and searches, and empty ones are left out', async () => {
  answer = () => ({ status: 200, body: [] })
  await call('GET /order/{referenceId}/history', { path: { referenceId: 'a/b?c' } })
  await call('GET /product', { query: { q: 'a&b', category: null, page: 2 } })
  expect(requests).toEqual(['GET /order/a%2Fb%3Fc/history', 'GET /product?q=a%26b&page=2'])
})

test('a server that is not reached is a network error', async () => {
  answer = () => ({ status: 200, body: [] })
  await new Promise((resolve) => server.close(resolve))
  await expect(call('GET /product')).rejects.toBeInstanceOf(NetworkError)
})
