import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { call, callForReply } from '../../api/client'
import { ApiError, NetworkError } from '../../api/problem'
import type { OrderSummary } from '../../api/types'
import { cartStore } from '../cart/store'
import { notePaymentBegun, notePaymentMade } from '../orders/paymentMade'
import { orderQuery, storeLatest } from '../orders/queries'
import { clearDraft } from './draft'
import { isDone, pay, type Payable, type PaymentForm, type PayOutcome } from './pay'
import type { PayProblem } from './problems'

/** Seconds that the server may wait until an order can be paid. */
const WAIT_SECONDS = 10
const PAID_WAIT_SECONDS = 4

export type PaymentStart = {
  form: PaymentForm
  /** The total on the button, in minor units. */
  shownMinor: number
  /** Create the order. What it throws is told by `onRefused`. */
  place: () => Promise<Payable>
  onRefused: (error: unknown) => void
}

export type PaymentState = {
  isPaying: boolean
  /** The order is being created, or its payment prepared: the bank is not involved yet. */
  isPlacing: boolean
  /** Pay was pressed on this page: an order of the cart may be its own. */
  hasStarted: boolean
  problem: PayProblem | null
  setProblem: (problem: PayProblem | null) => void
  start: (options: PaymentStart) => Promise<void>
  /** Leave for the page of an order that is paid, or whose payment is at the bank. */
  finish: (referenceId: string) => Promise<void>
}

/** Pay once at a time, and lead to where the outcome is shown. */
export function usePayment(): PaymentState {
  const queryClient = useQueryClient()
  const router = useRouter()
  const navigate = useNavigate()
  // State would let a second click in before the next rendering.
  const isBusy = useRef(false)
  const finished = useRef<string | null>(null)
  const [isPaying, setPaying] = useState(false)
  const [isPlacing, setPlacing] = useState(false)
  const [hasStarted, setStarted] = useState(false)
  const [problem, setProblem] = useState<PayProblem | null>(null)

  const finish = async (reference: string) => {
    if (finished.current === reference) return
    finished.current = reference
    const { queryKey } = orderQuery(reference)
    const order = await loadWhenPaid(reference).catch(() => null)
    if (order === null) await queryClient.invalidateQueries({ queryKey, refetchType: 'none' })
    else await storeLatest(queryClient, queryKey, order)
    await leave(reference)
  }

  const leave = async (reference: string) => {
    await navigate({ to: '/orders/$reference', params: { reference }, replace: true })
    cartStore.finish(reference)
    clearDraft()
  }

  /** Show the order of an outcome in place of the cart, unless the page has been left meanwhile. */
  const showOrder = async (reference: string) => {
    const fresh = { ...orderQuery(reference), staleTime: 0 }
    // A failure says nothing about the payment: the page loads the order again, and follows it.
    await queryClient.fetchQuery(fresh).catch(() => undefined)
    if (router.history.location.pathname !== '/checkout') return
    await navigate({ to: '/checkout', search: { order: reference }, replace: true })
  }

  const conclude = async (outcome: PayOutcome) => {
    if (outcome.kind === 'paid' || outcome.kind === 'processing') {
      const isFinal = outcome.kind === 'paid'
      notePaymentMade(outcome.referenceId, isFinal ? 'succeeded' : 'pending')
      return isFinal ? finish(outcome.referenceId) : leave(outcome.referenceId)
    }
    if (outcome.kind === 'incomplete') return undefined
    if (outcome.kind === 'declined') setProblem({ kind: 'declined', message: outcome.message })
    else if (outcome.kind !== 'ended') setProblem({ kind: outcome.kind })
    return showOrder(outcome.referenceId)
  }

  const start = async ({ form, shownMinor, place, onRefused }: PaymentStart) => {
    if (isBusy.current) return
    isBusy.current = true
    setPaying(true)
    setPlacing(true)
    setStarted(true)
    setProblem(null)
    // The page that follows is loaded while the bank decides.
    void router.loadRouteChunk(router.routesByPath['/orders/$reference'])
    try {
      const outcome = await pay({
        form: {
          submit: form.submit,
          confirm: (...intent) => {
            setPlacing(false)
            return form.confirm(...intent)
          },
        },
        shownMinor,
        place: async () => {
          const order = await place()
          notePaymentBegun(order.referenceId)
          return order
        },
        loadStatus,
        returnUrlOf,
      })
      setPlacing(false)
      await conclude(outcome)
    } catch (error) {
      if (error instanceof ApiError || error instanceof NetworkError) onRefused(error)
      else setProblem({ kind: 'unconfirmed' })
    } finally {
      isBusy.current = false
      setPaying(false)
      setPlacing(false)
    }
  }
  return { isPaying, isPlacing, hasStarted, problem, setProblem, start, finish }
}

/**
 * Return the order once the shop knows of its payment, which Stripe tells it a moment later.
 * After PAID_WAIT_SECONDS return it as it is: its page follows it.
 */
async function loadWhenPaid(
  referenceId: string,
  until = Date.now() + PAID_WAIT_SECONDS * 1000,
  known: OrderSummary | null = null,
): Promise<OrderSummary> {
  const seconds = Math.ceil((until - Date.now()) / 1000)
  if (known !== null && (isDone(known) || seconds <= 0)) return known
  const { data, status } = await callForReply('GET /order/summary', {
    query: { referenceId },
    ...(known !== null && { etag: `"${known.version}"`, wait: seconds }),
  })
  if (status === 304 && known !== null) return known
  return loadWhenPaid(referenceId, until, data)
}

/** Return the status once the order can be paid or has ended, or after WAIT_SECONDS. */
export function loadStatus(referenceId: string) {
  return call('GET /order/status/{referenceId}', { path: { referenceId }, wait: WAIT_SECONDS })
}

function returnUrlOf(referenceId: string): string {
  return `${window.location.origin}/orders/${encodeURIComponent(referenceId)}`
}
