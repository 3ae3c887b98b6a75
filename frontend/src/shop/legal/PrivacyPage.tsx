import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function PrivacyPage() {
  return (
    <Page title="Privacy">
      <p>Privacy</p>
    </Page>
  )
}
