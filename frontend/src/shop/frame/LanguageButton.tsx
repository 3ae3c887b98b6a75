import { Button } from '@mantine/core'
import { LANGUAGES, setLanguage, useLanguage } from '../../ui/i18n/language'

/** The button that switches to the other language, and is written in that language. */
export function LanguageButton() {
  const language = useLanguage()
  const other = language === 'en' ? 'es' : 'en'
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-md"
      lang={other}
      onClick={() => setLanguage(other)}
    >
      {other.toUpperCase()}
      <span className="visually-hidden"> – {LANGUAGES[other]}</span>
    </Button>
  )
}
