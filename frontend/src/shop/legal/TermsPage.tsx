import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function TermsPage() {
  return (
    <Page title="Terms">
      <p>Terms</p>
    </Page>
  )
}
