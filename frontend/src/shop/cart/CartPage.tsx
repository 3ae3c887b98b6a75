import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function CartPage() {
  return (
    <Page title="Cart">
      <p>Cart</p>
    </Page>
  )
}
