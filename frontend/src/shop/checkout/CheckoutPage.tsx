import { useQuery } from '@tanstack/react-query'
import { Navigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { isStatus } from '../../api/problem'
import { useUser } from '../../api/queries'
import type { UserView } from '../../api/types'
import { Page } from '../../ui/Page'
import { EmptyCart } from '../cart/EmptyCart'
import { useCart } from '../cart/store'
import { orderQuery } from '../orders/queries'
import { useFollowOrder } from '../orders/useFollowOrder'
import { CheckoutForm } from './CheckoutForm'
import { CheckoutSkeleton } from './CheckoutSkeleton'
import { EndedOrder } from './EndedOrder'
import { LoadFailure } from './LoadFailure'
import { MissingOrder } from './MissingOrder'
import { hasEnded, isDone } from './pay'
import { useCheckoutTexts } from './texts'
import { usePayment } from './usePayment'

/** The checkout of the cart, or the payment of an order that exists (`?order=`). */
export function CheckoutPage() {
  const user = useUser()
  if (user.data !== undefined) return <Checkout user={user.data} />
  if (user.error === null) return <CheckoutSkeleton />
  return <LoadFailure error={user.error} onRetry={() => void user.refetch()} />
}

function Checkout({ user }: { user: UserView }) {
  const texts = useCheckoutTexts()
  const { order: reference } = useSearch({ from: '/members/checkout' })
  const cart = useCart()
  const payment = usePayment()
  const { isPaying, finish } = payment
  const order = useQuery({ ...orderQuery(reference ?? ''), enabled: reference !== undefined })
  useFollowOrder(reference ?? '', order.data)

  const placed = reference === undefined ? undefined : order.data
  const doneReference = placed !== undefined && isDone(placed) && !isPaying ? reference : undefined
  useEffect(() => {
    // It was paid here before a reload, or in another tab.
    if (doneReference !== undefined) void finish(doneReference)
  }, [doneReference, finish])

  if (reference === undefined) {
    const isResumed = cart.isPlaced && !payment.hasStarted
    if (isResumed) return <Navigate to="/checkout" search={{ order: cart.referenceId }} replace />
    if (cart.lines.length === 0 && !isPaying) {
      return (
        <Page title={texts.title}>
          <EmptyCart />
        </Page>
      )
    }
    return <CheckoutForm user={user} order={null} payment={payment} />
  }
  if (isStatus(order.error, 404)) return <MissingOrder referenceId={reference} />
  if (placed === undefined) {
    return order.error === null ? (
      <CheckoutSkeleton />
    ) : (
      <LoadFailure error={order.error} onRetry={() => void order.refetch()} />
    )
  }
  if (doneReference !== undefined) return <CheckoutSkeleton />
  if (hasEnded(placed) && !isPaying) return <EndedOrder order={placed} />
  return <CheckoutForm user={user} order={placed} payment={payment} />
}
