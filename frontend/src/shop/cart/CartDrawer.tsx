import { ActionIcon, Button } from '@mantine/core'
import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { CloseIcon } from '../../ui/icons'
import classes from './CartDrawer.module.css'
import { CartLines } from './CartLines'
import { CheckoutButton } from './CheckoutButton'
import { cartDrawer } from './drawer'
import { EmptyCart } from './EmptyCart'
import { useCartTexts } from './texts'
import { Totals } from '../totals/Totals'
import { useCartQuote } from './useCartQuote'

/** The cart beside the page. It closes with Escape, a click outside, and a navigation. */
export function CartDrawer() {
  const texts = useCartTexts()
  const dialog = useRef<HTMLDialogElement>(null)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const openedAt = useRef(path)
  useEffect(() => {
    const element = dialog.current
    // The backdrop belongs to the dialog: a click on it is a click beside the panel.
    const closeOutside = ({ target }: MouseEvent) => {
      if (target === element) cartDrawer.close()
    }
    element?.showModal()
    element?.addEventListener('click', closeOutside)
    return () => {
      element?.removeEventListener('click', closeOutside)
      element?.close()
    }
  }, [])
  useEffect(() => {
    if (path !== openedAt.current) cartDrawer.close()
  }, [path])
  return (
    <dialog
      ref={dialog}
      className={classes.drawer}
      aria-labelledby="cart-drawer-title"
      onClose={({ currentTarget }) => {
        if (!currentTarget.open) cartDrawer.close()
      }}
    >
      <div className={classes.panel}>
        <div className={classes.header}>
          <h2 id="cart-drawer-title">{texts.title}</h2>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={texts.close}
            onClick={cartDrawer.close}
          >
            <CloseIcon />
          </ActionIcon>
        </div>
        <DrawerContents />
      </div>
    </dialog>
  )
}

function DrawerContents() {
  const texts = useCartTexts()
  const cart = useCartQuote()
  const isEmpty = cart.lines.length === 0
  return (
    <>
      <div className={classes.lines}>
        <CartLines lines={cart.lines} isCurrent={cart.isCurrent} compact />
        {isEmpty && <EmptyCart onLeave={cartDrawer.close} />}
      </div>
      {!isEmpty && (
        <div className={classes.footer}>
          <Totals amounts={cart.quote} isCurrent={cart.isCurrent} />
          <CheckoutButton cart={cart} onLeave={cartDrawer.close} />
          <Button
            variant="subtle"
            fullWidth
            renderRoot={(props) => <Link to="/cart" onClick={cartDrawer.close} {...props} />}
          >
            {texts.viewCart}
          </Button>
        </div>
      )}
    </>
  )
}
