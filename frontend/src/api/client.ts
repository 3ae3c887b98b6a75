import { noteServerTime } from './clock'
import { isStepUp, NetworkError, readProblem } from './problem'
import { session } from './session'
import type { Operations } from './types'

export type Route = keyof Operations

type Part<Name extends string, Value> = [Value] extends [undefined]
  ? { [key in Name]?: undefined }
  : Record<string, never> extends Value
    ? { [key in Name]?: Value }
    : { [key in Name]: Value }

/**
 * A query whose numbers and booleans may be texts, as a person typed them: the server reads them, or
 * refuses them by their names.
 */
type Typed<Query> = {
  [name in keyof Query]: NonNullable<Query[name]> extends number | boolean
    ? Query[name] | string
    : Query[name]
}

export type CallOptions<R extends Route> = Part<'path', Operations[R]['path']> &
  Part<'query', Typed<Operations[R]['query']>> &
  Part<'body', Operations[R]['body']> & {
    signal?: AbortSignal
    /** Seconds that the server may wait until there is something to say (`Prefer: wait`). */
    wait?: number
    /** The `ETag` of the last answer: an unchanged resource is answered with 304. */
    etag?: string
    /** A key under which the server carries the request out once. */
    idempotencyKey?: string
    /** The `ETag` of what is changed: it is refused with 412 when that has changed meanwhile. */
    ifMatch?: string
    /** The body of a route that takes a file; its type is sent as well. */
    file?: Blob
  }

const BROUGHT_ANSWERS = readAnswers()
/** The time of the answers that the page has brought along. */
export const BROUGHT_AT = Date.now()

/** A successful answer. `data` is null when the status is 304. */
export type Reply<T> = { data: T; status: number; headers: Headers }

type AnyOptions = {
  path?: Record<string, string | number>
  query?: unknown
  body?: unknown
  signal?: AbortSignal
  wait?: number
  etag?: string
  idempotencyKey?: string
  ifMatch?: string
  file?: Blob
}

/**
 * Call a route of the API and return its body.
 *
 * A 401 is followed by one refresh of the session and one repetition. Throws ApiError for other
 * answers than successes, NetworkError when the server was not reached.
 */
export async function call<R extends Route>(
  route: R,
  ...[options]: Record<string, never> extends CallOptions<R> ? [CallOptions<R>?] : [CallOptions<R>]
): Promise<Operations[R]['response']> {
  return (await send<Operations[R]['response']>(route, options ?? {})).data
}

/** Call a route as `call` does, and return the answer with its status and headers. */
export async function callForReply<R extends Route>(
  route: R,
  options: CallOptions<R>,
): Promise<Reply<Operations[R]['response']>> {
  return send<Operations[R]['response']>(route, options)
}

/** Renew the session with the refresh cookie. Returns whether the person is signed in. */
export function refreshSession(stale: string | null = session.token): Promise<boolean> {
  return session.refresh(async () => {
    const response = await fetchOnce('POST /auth/refresh', {}, null)
    if (!response.ok) throw await readProblem(response)
    const body = (await response.json()) as Operations['POST /auth/refresh']['response']
    return body.accessToken
  }, stale)
}

/** An answer that the server wrote into the page. `total` is the number of all that match. */
export type BroughtAnswer<T> = { data: T; total?: number }

/** Return the answer of a route if the page has brought it along, so that nothing is waited for. */
export function broughtAnswer<R extends Route>(
  route: R,
  ...[options]: Record<string, never> extends CallOptions<R> ? [CallOptions<R>?] : [CallOptions<R>]
): BroughtAnswer<Operations[R]['response']> | undefined {
  const { path, query }: AnyOptions = options ?? {}
  const [, template = ''] = route.split(' ')
  const answer = findBrought(fillPath(template, path) + searchOf(query))
  return answer as BroughtAnswer<Operations[R]['response']> | undefined
}

async function send<T>(route: Route, options: AnyOptions): Promise<Reply<T>> {
  const sent = await currentToken()
  let response = await fetchOnce(route, options, sent)
  const isExpired = response.status === 401 && sent !== null && !isStepUp(response)
  if (isExpired && (await refreshSession(sent))) {
    response = await fetchOnce(route, options, session.token)
  }
  if (response.status === 304) return reply<T>(response, null)
  if (!response.ok) throw await readProblem(response)
  return reply<T>(response, await readBody(response))
}

/** Return the token, after a reload the one of a new refresh. */
async function currentToken(): Promise<string | null> {
  if (session.status === 'unknown') await refreshSession()
  return session.token
}

async function readBody(response: Response): Promise<unknown> {
  const type = response.headers.get('Content-Type') ?? ''
  if (type.includes('json')) return response.json()
  return type.startsWith('text/csv') ? response.text() : undefined
}

function reply<T>(response: Response, data: unknown): Reply<T> {
  // The types are generated from the description that the server validates its answers with.
  return { data: data as T, status: response.status, headers: response.headers }
}

async function fetchOnce(
  route: Route,
  options: AnyOptions,
  token: string | null,
): Promise<Response> {
  const [method = '', template = ''] = route.split(' ')
  const headers = new Headers({ Accept: 'application/json' })
  if (token !== null) headers.set('Authorization', `Bearer ${token}`)
  if (options.wait !== undefined) headers.set('Prefer', `wait=${options.wait}`)
  if (options.etag !== undefined) headers.set('If-None-Match', options.etag)
  if (options.idempotencyKey !== undefined) {
    headers.set('Idempotency-Key', `"${options.idempotencyKey}"`)
  }
  if (options.ifMatch !== undefined) headers.set('If-Match', options.ifMatch)
  if (options.body !== undefined) headers.set('Content-Type', 'application/json')
  try {
    const response = await fetch(fillPath(template, options.path) + searchOf(options.query), {
      method,
      headers,
      body: options.file ?? (options.body === undefined ? null : JSON.stringify(options.body)),
      signal: options.signal ?? null,
      credentials: 'same-origin',
      cache: 'no-store',
      // A page that is left meanwhile must not lose the next refresh cookie.
      keepalive: route === 'POST /auth/refresh',
    })
    noteServerTime(response.headers.get('Date'))
    return response
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new NetworkError(error)
  }
}

function fillPath(template: string, values: AnyOptions['path']): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values?.[name] ?? '')),
  )
}

function searchOf(query: AnyOptions['query']): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  }
  return search.size > 0 ? `?${search.toString()}` : ''
}

/** Return the answer of an address if the page has brought it along. */
export function findBrought(address: string): { data: unknown } | undefined {
  return BROUGHT_ANSWERS[address]
}

function readAnswers(): Record<string, { data: unknown } | undefined> {
  const written = document.getElementById('answers')?.textContent ?? '{}'
  return JSON.parse(written) as ReturnType<typeof readAnswers>
}
