import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { messages } from '../../ui/i18n/language'
import { Page } from '../../ui/Page'

const useTexts = messages({
  en: { title: 'ProjectX', heading: 'Things that last, for a desk and a home', browse: 'Browse' },
  es: {
    title: 'ProjectX',
    heading: 'Cosas que duran, para el escritorio y la casa',
    browse: 'Ver',
  },
})

/** The first page of the shop. */
export function HomePage() {
  const texts = useTexts()
  return (
    <Page title={texts.title} heading={texts.heading}>
      <Button renderRoot={(props) => <Link to="/products" {...props} />}>{texts.browse}</Button>
    </Page>
  )
}
