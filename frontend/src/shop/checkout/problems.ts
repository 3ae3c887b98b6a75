import { ApiError, NetworkError } from '../../api/problem'
import type { FieldProblem, ProblemKind } from '../../api/types'
import type { CartLine } from '../cart/store'
import { type AddressErrors, errorsOfProfile } from './address'
import type { LineErrors } from './Summary'

/** The reason why a press of Pay did not end in a payment, for the message above the form. */
export type PayProblem =
  | { kind: 'declined'; message: string }
  | { kind: 'totalChanged' | 'unconfirmed' | 'notReady' | 'offline' | 'fields' | 'lines' }
  | { kind: 'limited'; limit: ProblemKind; until: number }
  | { kind: 'refused'; error: ApiError }
  | { kind: 'failed'; requestId: string }

export type Refusal = {
  problem: PayProblem
  shipping: AddressErrors
  billing: AddressErrors
  lines: LineErrors
  /** The reference belongs to an order that exists already. */
  isPlaced: boolean
  /** The order may exist, since the server's answer is not known. */
  isUncertain: boolean
}

const NOTHING = { shipping: {}, billing: {}, lines: {}, isPlaced: false, isUncertain: false }
const DEFAULT_PAUSE_SECONDS = 60

/** Read the error of a request that saves the address or places the order. */
export function readRefusal(error: unknown, lines: readonly CartLine[], now: number): Refusal {
  if (error instanceof NetworkError) {
    return { ...NOTHING, problem: { kind: 'offline' }, isUncertain: true }
  }
  if (!(error instanceof ApiError) || error.status >= 500) {
    const requestId = error instanceof ApiError ? error.requestId : ''
    return { ...NOTHING, problem: { kind: 'failed', requestId }, isUncertain: true }
  }
  if (error.status === 429) {
    const seconds = error.retryAfter ?? DEFAULT_PAUSE_SECONDS
    const limit = error.kind ?? 'requests'
    return { ...NOTHING, problem: { kind: 'limited', limit, until: now + seconds * 1000 } }
  }
  if (error.status === 422) return readFields(error, lines)
  return { ...NOTHING, problem: { kind: 'refused', error } }
}

function readFields(error: ApiError, lines: readonly CartLine[]): Refusal {
  const { fields } = error
  const profile = errorsOfProfile(fields)
  // The server knows an address as one text: its error stands at the first line.
  const shipping = { ...profile, ...first(fields.shippingAddress) }
  const billing = first(fields.billingAddress)
  const lineErrors: Record<number, FieldProblem> = {}
  for (const [field, problem] of Object.entries(fields)) {
    const index = /^items\.(\d+)/.exec(field)?.[1]
    const line = index === undefined ? undefined : lines[Number(index)]
    if (line !== undefined) lineErrors[line.productId] = problem
  }
  const result = { ...NOTHING, shipping, billing, lines: lineErrors }
  if (fields.referenceId !== undefined) {
    return { ...result, problem: { kind: 'totalChanged' }, isPlaced: true }
  }
  if (Object.keys(lineErrors).length > 0) return { ...result, problem: { kind: 'lines' } }
  if (Object.keys({ ...shipping, ...billing }).length > 0) {
    return { ...result, problem: { kind: 'fields' } }
  }
  return { ...result, problem: { kind: 'refused', error } }
}

function first(problem: FieldProblem | undefined): AddressErrors {
  return problem === undefined ? {} : { line1: problem }
}
