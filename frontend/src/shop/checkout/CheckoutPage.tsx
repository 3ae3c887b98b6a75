import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function CheckoutPage() {
  return (
    <Page title="Checkout">
      <p>Checkout</p>
    </Page>
  )
}
