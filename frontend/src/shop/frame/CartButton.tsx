import { ActionIcon } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { messages } from '../../ui/i18n/language'
import { CartIcon } from '../../ui/icons'
import { countPieces, useCart } from '../cart/store'
import classes from './CartButton.module.css'

const useTexts = messages({
  en: { cart: (pieces: number) => (pieces === 0 ? 'Cart, empty' : `Cart, ${pieces} pieces`) },
  es: { cart: (pieces) => (pieces === 0 ? 'Cesta, vacía' : `Cesta, ${pieces} artículos`) },
})

/** The button that leads to the cart, with the number of its pieces. */
export function CartButton() {
  const texts = useTexts()
  const pieces = countPieces(useCart())
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      className={classes.button}
      aria-label={texts.cart(pieces)}
      renderRoot={(props) => <Link to="/cart" {...props} />}
    >
      <CartIcon size={22} />
      {pieces > 0 && <span className={classes.count}>{pieces}</span>}
    </ActionIcon>
  )
}
