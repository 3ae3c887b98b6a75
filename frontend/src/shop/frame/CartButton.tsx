import { ActionIcon } from '@mantine/core'
import { Link, Navigate, useRouterState } from '@tanstack/react-router'
import { lazy, type MouseEvent, Suspense, useEffect, useState } from 'react'
import { messages } from '../../ui/i18n/language'
import { CartIcon } from '../../ui/icons'
import { cartDrawer, useCartDrawer } from '../cart/drawer'
import { countPieces, useCart } from '../cart/store'
import classes from './CartButton.module.css'

const useTexts = messages({
  en: {
    cart: (pieces: number) => {
      if (pieces === 0) return 'Cart, empty'
      return pieces === 1 ? 'Cart, 1 piece' : `Cart, ${pieces} pieces`
    },
  },
  es: {
    cart: (pieces) => {
      if (pieces === 0) return 'Cesta, vacía'
      return pieces === 1 ? 'Cesta, 1 artículo' : `Cesta, ${pieces} artículos`
    },
  },
})

const CartDrawer = lazy(() =>
  import('../cart/CartDrawer').then(
    (module) => ({ default: module.CartDrawer }),
    () => ({ default: CartPageInstead }),
  ),
)
// Pages that show the cart themselves.
const CART_PAGES = new Set(['/cart', '/checkout'])

/** The button of the cart, with the number of its pieces: a drawer, on narrow screens the page. */
export function CartButton() {
  const texts = useTexts()
  const pieces = countPieces(useCart())
  const [piecesAtFirst] = useState(pieces)
  const isOpen = useCartDrawer()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const openDrawer = (event: MouseEvent) => {
    const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    if (isPlain && !CART_PAGES.has(path) && cartDrawer.open()) event.preventDefault()
  }
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.button}
        aria-label={texts.cart(pieces)}
        renderRoot={(props) => <Link to="/cart" onClick={openDrawer} {...props} />}
      >
        <CartIcon size={22} />
        {pieces > 0 && (
          <span key={pieces} className={classes.count} data-moves={pieces !== piecesAtFirst}>
            {pieces}
          </span>
        )}
      </ActionIcon>
      <Suspense>{isOpen && <CartDrawer />}</Suspense>
    </>
  )
}

/** Open the page of the cart, because the drawer's code could not be loaded. */
function CartPageInstead() {
  useEffect(() => {
    cartDrawer.close()
  }, [])
  return <Navigate to="/cart" />
}
