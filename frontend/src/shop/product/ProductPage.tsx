import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function ProductPage() {
  return (
    <Page title="Product">
      <p>Product</p>
    </Page>
  )
}
