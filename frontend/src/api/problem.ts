import type { FieldProblem, Problem, ProblemKind, Step } from './types'

/** The reason of a bank that customers may see. */
export type DeclineCode = NonNullable<Step['declineCode']>

/** An answer of the API that is no success. `fields` has the problem of each invalid field. */
export class ApiError extends Error {
  readonly status: number
  readonly fields: Readonly<Record<string, FieldProblem>>
  /** The kind of a refusal that its status does not tell. */
  readonly kind: ProblemKind | null
  readonly requestId: string
  /** Seconds to wait before the request is repeated, when the server says so. */
  readonly retryAfter: number | null
  /** When that time is over, in milliseconds since 1970. */
  readonly retryAt: number | null
  /** The person has to prove again who they are, because their sign-in is too old. */
  readonly needsStepUp: boolean
  readonly problem: Readonly<Record<string, unknown>>

  constructor(
    status: number,
    problem: Partial<Problem>,
    {
      retryAfter = null,
      needsStepUp = false,
    }: Partial<Pick<ApiError, 'retryAfter' | 'needsStepUp'>> = {},
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.requestId = problem.requestId ?? ''
    this.retryAfter = retryAfter
    this.retryAt = retryAfter === null ? null : Date.now() + retryAfter * 1000
    this.needsStepUp = needsStepUp
    this.problem = problem
    const errors = Array.isArray(problem.errors) ? problem.errors : []
    this.fields = Object.fromEntries(errors.map((each) => [each.field, each]))
    this.kind = problem.kind ?? null
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
  const needsStepUp = isStepUp(response)
  const body: unknown = await response.json().catch(() => null)
  const problem = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {}
  return new ApiError(response.status, problem, { retryAfter, needsStepUp })
}

export function isStatus(error: unknown, ...statuses: number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.status)
}

/** Return the time until which too many requests are refused, or null when that is not the error. */
export function limitedUntil(error: unknown): number | null {
  return isStatus(error, 429) ? error.retryAt : null
}

/** Pass over the error that something is absent, for requests that remove it. */
export function ignoreAbsence(error: unknown): void {
  if (!isStatus(error, 404)) throw error
}

/** Return whether a response asks for a new proof of identity (RFC 9470). */
export function isStepUp(response: Response): boolean {
  const challenge = response.headers.get('WWW-Authenticate') ?? ''
  return response.status === 401 && challenge.includes('insufficient_user_authentication')
}
