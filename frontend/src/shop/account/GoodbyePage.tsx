import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { messages } from '../../ui/i18n/language'
import { Page } from '../../ui/Page'

const useTexts = messages({
  en: {
    title: 'Your account is closed',
    lead: 'You are signed out everywhere, and your personal data is being erased.',
    home: 'Back to the shop',
  },
  es: {
    title: 'Tu cuenta está cerrada',
    lead: 'Se han cerrado todas tus sesiones y tus datos personales se están borrando.',
    home: 'Volver a la tienda',
  },
})

/** The page after an account was deleted. */
export function GoodbyePage() {
  const texts = useTexts()
  return (
    <Page title={texts.title} lead={texts.lead} narrow>
      <Button renderRoot={(props) => <Link to="/" {...props} />}>{texts.home}</Button>
    </Page>
  )
}
