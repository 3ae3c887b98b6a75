import { LoadError } from '../../ui/LoadError'
import { Page } from '../../ui/Page'
import { useCheckoutTexts } from './texts'

/** The checkout whose person or order could not be loaded. */
export function LoadFailure({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const texts = useCheckoutTexts()
  return (
    <Page title={texts.title} narrow>
      <LoadError error={error} onRetry={onRetry} />
    </Page>
  )
}
