import { Page } from '../../ui/Page'

/** The page that replaces this one is being written. */
export function CataloguePage() {
  return (
    <Page title="Catalogue">
      <p>Catalogue</p>
    </Page>
  )
}
