import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function OrderPage() {
  return (
    <Page title="Order">
      <p>Order</p>
    </Page>
  )
}
