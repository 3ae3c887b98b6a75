import { useEffect, useRef } from 'react'
import type { ProductView } from '../../api/types'
import { announce } from '../../ui/Announcer'
import { messages } from '../../ui/i18n/language'
import { CartIcon } from '../../ui/icons'
import { Stepper } from '../../ui/Stepper'
import { cartStore, useCart } from '../cart/store'
import classes from './CardCart.module.css'
import { StockNote } from './StockNote'
import { maxQuantityOf } from './stock'

const useTexts = messages({
  en: {
    add: 'Add to cart',
    addNamed: (name: string) => `Add to cart: ${name}`,
    pieces: (name: string) => `Pieces in the cart: ${name}`,
    added: (name: string, pieces: number) => `${name}: ${pieces} in your cart`,
    removed: (name: string) => `${name} is no longer in your cart`,
  },
  es: {
    add: 'A la cesta',
    addNamed: (name) => `A la cesta: ${name}`,
    pieces: (name) => `Unidades en la cesta: ${name}`,
    added: (name, pieces) => `${name}: ${pieces} en tu cesta`,
    removed: (name) => `${name} ya no está en tu cesta`,
  },
})

/** The button of a card that adds its product to the cart, and then the number of its pieces. */
export function CardCart({ product }: { product: ProductView }) {
  const texts = useTexts()
  const row = useRef<HTMLDivElement>(null)
  const followFocus = useRef(false)
  const quantity = useCart().lines.find((line) => line.productId === product.id)?.quantity ?? 0
  const max = maxQuantityOf(product)
  const isInCart = quantity > 0

  useEffect(() => {
    // The control that was pressed has just been replaced by another.
    if (followFocus.current) row.current?.querySelector<HTMLElement>('[data-next]')?.focus()
    followFocus.current = false
  })

  function setQuantity(pieces: number) {
    followFocus.current = pieces === 0 || quantity === 0
    if (quantity === 0) cartStore.add(cartLineOf(product))
    else cartStore.setQuantity(product.id, pieces)
    announce(pieces === 0 ? texts.removed(product.name) : texts.added(product.name, pieces))
  }

  return (
    <div ref={row} className={classes.row}>
      {isInCart ? (
        <Stepper
          value={quantity}
          min={0}
          max={Math.max(max, 1)}
          label={texts.pieces(product.name)}
          onChange={setQuantity}
        />
      ) : max > 0 ? (
        <button
          type="button"
          data-next=""
          className={classes.add}
          aria-label={texts.addNamed(product.name)}
          onClick={() => setQuantity(1)}
        >
          <CartIcon size={18} />
          <span>{texts.add}</span>
        </button>
      ) : (
        <span className={classes.none}>
          <StockNote product={product} />
        </span>
      )}
    </div>
  )
}

/** Return the line of a cart that a product becomes. */
export function cartLineOf(product: ProductView) {
  return {
    productId: product.id,
    name: product.name,
    imageUrl: product.imageUrl,
    price: product.estimatedPrice,
    currency: product.currency,
  }
}
