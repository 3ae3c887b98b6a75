import { Button } from '@mantine/core'
import { messages } from './i18n/language'
import { Notice } from './Notice'
import { useErrorText } from './useErrorText'

const useTexts = messages({ en: { retry: 'Try again' }, es: { retry: 'Reintentar' } })

/** The place of something that could not be loaded, with a way to try again. */
export function LoadError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const texts = useTexts()
  const errorText = useErrorText()
  return (
    <Notice
      tone="failed"
      action={
        <Button variant="default" size="sm" onClick={onRetry}>
          {texts.retry}
        </Button>
      }
    >
      {errorText(error)}
    </Notice>
  )
}
