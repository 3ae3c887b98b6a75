import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/client'
import { userQuery } from '../../api/queries'
import { type Cart, cartStore } from '../cart/store'
import { type Address, type AddressErrors, findMissing, profileOf, writeAddress } from './address'
import { type AddressProblems, NO_PROBLEMS } from './AddressSection'
import type { Payable } from './pay'
import { readRefusal } from './problems'
import type { LineErrors } from './Summary'
import type { DraftState } from './useDraft'
import type { PaymentState } from './usePayment'

export type CartOrder = {
  problems: AddressProblems
  setProblems: (problems: AddressProblems) => void
  lineErrors: LineErrors
  /** Show what is missing in the addresses. Returns whether they are complete. */
  check: () => boolean
  /**
   * Order the cart as it was when Pay was pressed: another tab may have emptied it since. One
   * reference is one order, however often it is called.
   */
  place: (cart: Cart) => Promise<Payable>
  onRefused: (error: unknown, cart: Cart) => void
}

/** Turn the cart and what was typed into an order, and show at its place what the server refuses. */
export function useCartOrder(
  state: DraftState,
  payment: PaymentState,
  recheck: () => void,
): CartOrder {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [problems, setProblems] = useState(NO_PROBLEMS)
  const [lineErrors, setLineErrors] = useState<LineErrors>({})
  const { draft, canSave } = state

  const show = (next: AddressProblems) => {
    setProblems(next)
    focusFirst(next)
  }
  const check = () => {
    const shipping = findMissing(draft.delivery)
    const billing = draft.billing === null ? {} : findMissing(draft.billing)
    show({ shipping, billing })
    return isEmpty(shipping) && isEmpty(billing)
  }
  const place = async ({ lines, referenceId }: Cart) => {
    setLineErrors({})
    if (canSave && draft.isSaved) {
      const user = await call('PATCH /auth/user', { body: profileOf(draft.delivery) })
      queryClient.setQueryData(userQuery.queryKey, user)
    }
    cartStore.setPlaced(referenceId, true)
    const items = lines.map(({ productId, quantity }) => ({ productId, quantity }))
    const order = await call('POST /order', {
      body: { referenceId, items, ...writeAddresses(draft.delivery, draft.billing) },
    })
    // Another tab may have looked for the order before it existed, and denied it.
    cartStore.setPlaced(referenceId, true)
    return order
  }
  const onRefused = (error: unknown, { lines, referenceId }: Cart) => {
    const refusal = readRefusal(error, lines, Date.now())
    if (refusal.isPlaced) {
      void navigate({ to: '/checkout', search: { order: referenceId }, replace: true })
      return
    }
    if (!refusal.isUncertain) cartStore.setPlaced(referenceId, false)
    payment.setProblem(refusal.problem)
    setLineErrors(refusal.lines)
    show({ shipping: refusal.shipping, billing: refusal.billing })
    if (refusal.problem.kind === 'lines') recheck()
  }
  return { problems, setProblems, lineErrors, check, place, onRefused }
}

function writeAddresses(delivery: Address, billing: Address | null) {
  const shippingAddress = writeAddress(delivery)
  return { shippingAddress, billingAddress: billing ? writeAddress(billing) : shippingAddress }
}

function isEmpty(errors: AddressErrors): boolean {
  return Object.keys(errors).length === 0
}

/** Lead to the first field with an error, in the order of the page. */
function focusFirst({ shipping, billing }: AddressProblems): void {
  const ids = [
    ...Object.keys(shipping).map((field) => `shipping-${field}`),
    ...Object.keys(billing).map((field) => `billing-${field}`),
  ]
  const [id] = ids
  if (id !== undefined) document.getElementById(id)?.focus()
}
