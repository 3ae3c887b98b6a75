import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { messages } from '../../ui/i18n/language'
import { Page } from '../../ui/Page'

const useTexts = messages({
  en: {
    title: 'This page does not exist',
    lead: 'The address may be mistyped, or the page has moved.',
    browse: 'Browse all products',
  },
  es: {
    title: 'Esta página no existe',
    lead: 'Puede que la dirección esté mal escrita o que la página se haya movido.',
    browse: 'Ver todos los productos',
  },
})

/** The page of an unknown address. */
export function NotFoundPage() {
  const texts = useTexts()
  return (
    <Page title={texts.title} lead={texts.lead} narrow>
      <Button renderRoot={(props) => <Link to="/products" {...props} />}>{texts.browse}</Button>
    </Page>
  )
}
