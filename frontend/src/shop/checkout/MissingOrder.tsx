import { Button } from '@mantine/core'
import { Link, Navigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Page } from '../../ui/Page'
import { cartStore, useCart } from '../cart/store'
import { useCheckoutTexts } from './texts'

/** A reference without an order: the cart's request has not arrived, or it is another person's. */
export function MissingOrder({ referenceId }: { referenceId: string }) {
  const texts = useCheckoutTexts()
  const cart = useCart()
  const isOfCart = cart.referenceId === referenceId
  useEffect(() => cartStore.setPlaced(referenceId, false), [referenceId])
  if (isOfCart) return cart.isPlaced ? null : <Navigate to="/checkout" search={{}} replace />
  return (
    <Page title={texts.noOrder} lead={texts.noOrderLead} narrow>
      <Button renderRoot={(props) => <Link to="/orders" {...props} />}>{texts.yourOrders}</Button>
    </Page>
  )
}
