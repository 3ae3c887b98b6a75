import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function AboutPage() {
  return (
    <Page title="About">
      <p>About</p>
    </Page>
  )
}
