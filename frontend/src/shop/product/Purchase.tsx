import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ProductView } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { CheckIcon } from '../../ui/icons'
import { Notice } from '../../ui/Notice'
import { PageHeading } from '../../ui/Page'
import { Stepper } from '../../ui/Stepper'
import { cartLineOf } from '../catalogue/CardCart'
import { StockNote } from '../catalogue/StockNote'
import { availabilityOf, maxQuantityOf } from '../catalogue/stock'
import { cartStore, useCart } from '../cart/store'
import classes from './Purchase.module.css'
import { useTexts } from './texts'

/** The name and the price of a product, and what it takes to put it into the cart. */
export function Purchase({ product }: { product: ProductView }) {
  const format = useFormat()
  return (
    <section className={classes.purchase}>
      <PageHeading title={product.name}>{product.name}</PageHeading>
      <p className={classes.price}>{format.money(product.estimatedPrice, product.currency)}</p>
      <p className={classes.description}>{product.description}</p>
      <StockNote product={product} />
      {maxQuantityOf(product) > 0 ? (
        <AddToCart product={product} />
      ) : (
        <NotForSale product={product} />
      )}
    </section>
  )
}

function AddToCart({ product }: { product: ProductView }) {
  const texts = useTexts()
  const inCart = useCart().lines.find((line) => line.productId === product.id)?.quantity ?? 0
  const [quantity, setQuantity] = useState(1)
  const [added, setAdded] = useState(0)
  const room = maxQuantityOf(product) - inCart
  // Other tabs fill the cart, too, and stock goes down.
  const pieces = Math.min(quantity, Math.max(room, 1))

  function add() {
    if (room < 1) return
    cartStore.add(cartLineOf(product), pieces)
    setAdded(pieces)
    setQuantity(1)
  }

  return (
    <>
      <div className={classes.row}>
        <div className={classes.stepper}>
          <Stepper
            value={pieces}
            max={Math.max(room, 1)}
            label={texts.quantity}
            onChange={setQuantity}
          />
        </div>
        <Button size="md" className={classes.add} aria-disabled={room < 1} onClick={add}>
          {texts.add}
        </Button>
      </div>
      <p role="status" className={classes.confirmation}>
        {inCart > 0 && (
          <>
            <CheckIcon size={18} />
            <span>
              {room < 1 ? texts.allInCart(inCart) : texts.inCart(inCart, added)}{' '}
              <Link to="/cart">{texts.viewCart}</Link>
            </span>
          </>
        )}
      </p>
    </>
  )
}

function NotForSale({ product }: { product: ProductView }) {
  const texts = useTexts()
  const { kind } = availabilityOf(product)
  const lead =
    kind === 'discontinued'
      ? texts.discontinuedLead
      : kind === 'unavailable'
        ? texts.unavailableLead
        : texts.soldOutLead
  return (
    <Notice
      tone="ended"
      action={
        <Button
          variant="default"
          size="sm"
          renderRoot={(props) => (
            <Link to="/products" search={{ category: product.category || undefined }} {...props} />
          )}
        >
          {texts.similar}
        </Button>
      }
    >
      <p>{lead}</p>
    </Notice>
  )
}
