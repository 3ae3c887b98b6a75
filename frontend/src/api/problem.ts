import type { Problem } from './types'

/** An answer of the API that is no success. `fields` has the message of each invalid field. */
export class ApiError extends Error {
  readonly status: number
  readonly fields: Readonly<Record<string, string>>
  readonly requestId: string
  /** Seconds to wait before the request is repeated, when the server says so. */
  readonly retryAfter: number | null
  readonly problem: Readonly<Record<string, unknown>>

  constructor(status: number, problem: Partial<Problem>, retryAfter: number | null) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.requestId = problem.requestId ?? ''
    this.retryAfter = retryAfter
    this.problem = problem
    const errors = Array.isArray(problem.errors) ? problem.errors : []
    this.fields = Object.fromEntries(errors.map(({ field, message }) => [field, message]))
  }
}

/** The server was not reached: the browser is offline, or the connection broke. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('The server was not reached', { cause })
    this.name = 'NetworkError'
  }
}

/** Return the error of a response that is no success. */
export async function readProblem(response: Response): Promise<ApiError> {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
  const retryAfter = Number.isFinite(seconds) ? seconds : null
  const body: unknown = await response.json().catch(() => null)
  const problem = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {}
  return new ApiError(response.status, problem, retryAfter)
}

export function isStatus(error: unknown, ...statuses: number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.status)
}
