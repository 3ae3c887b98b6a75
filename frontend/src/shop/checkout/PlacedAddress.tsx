import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/client'
import { isStatus } from '../../api/problem'
import type { OrderSummary } from '../../api/types'
import { cartStore, useCart } from '../cart/store'
import classes from './Checkout.module.css'
import { type PayProblem, readRefusal } from './problems'
import { useCheckoutTexts } from './texts'

type PlacedAddressProps = {
  order: OrderSummary
  isPaying: boolean
  onProblem: (problem: PayProblem | null) => void
}

/** The address of an order that exists. To change it, the unpaid order is given up. */
export function PlacedAddress({ order, isPaying, onProblem }: PlacedAddressProps) {
  const texts = useCheckoutTexts()
  const navigate = useNavigate()
  const [isChanging, setChanging] = useState(false)
  const { referenceId } = order
  const cart = useCart()
  const isOfCart = cart.referenceId === referenceId && cart.lines.length > 0

  const change = async () => {
    setChanging(true)
    try {
      await call('DELETE /order/{referenceId}', { path: { referenceId } })
      cartStore.renew()
      await navigate({ to: '/checkout', search: {}, replace: true })
    } catch (error) {
      // 409: it is paid, or has ended; the page follows the order and says so.
      if (!isStatus(error, 409)) onProblem(readRefusal(error, [], Date.now()).problem)
    } finally {
      setChanging(false)
    }
  }
  return (
    <section className={classes.section} aria-labelledby="checkout-delivery">
      <h2 id="checkout-delivery">{texts.delivery}</h2>
      <p className={classes.frozen}>{order.shippingAddress}</p>
      {isOfCart && (
        <Button
          variant="subtle"
          size="compact-md"
          mt="sm"
          ml={-8}
          disabled={isPaying}
          loading={isChanging}
          onClick={() => void change()}
        >
          {texts.change}
        </Button>
      )}
    </section>
  )
}
