import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function AccountPage() {
  return (
    <Page title="Account">
      <p>Account</p>
    </Page>
  )
}
