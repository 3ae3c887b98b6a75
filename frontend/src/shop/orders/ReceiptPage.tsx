import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function ReceiptPage() {
  return (
    <Page title="Receipt">
      <p>Receipt</p>
    </Page>
  )
}
