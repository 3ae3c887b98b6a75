import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Page } from '../../ui/Page'
import { useOrderTexts } from './texts'

/** The page of a reference without an order of this person. */
export function UnknownOrder() {
  const texts = useOrderTexts()
  return (
    <Page title={texts.notFound} lead={texts.notFoundLead} narrow>
      <Button renderRoot={(props) => <Link to="/orders" {...props} />}>{texts.yourOrders}</Button>
    </Page>
  )
}
