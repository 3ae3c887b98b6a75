import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function OrdersPage() {
  return (
    <Page title="Orders">
      <p>Orders</p>
    </Page>
  )
}
