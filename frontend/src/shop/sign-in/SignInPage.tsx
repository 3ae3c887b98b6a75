import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function SignInPage() {
  return (
    <Page title="SignIn">
      <p>SignIn</p>
    </Page>
  )
}
