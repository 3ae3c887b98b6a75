import { useQuery } from '@tanstack/react-query'
import { shopQuery } from '../../api/queries'
import { messages } from '../../ui/i18n/language'
import classes from './Bars.module.css'

const useTexts = messages({
  en: {
    test: 'A test shop: no card is charged, and all emails stay here.',
    mailbox: 'Mailbox',
    label: 'Test shop',
  },
  es: {
    test: 'Una tienda de prueba: no se cobra nada y los correos se quedan aquí.',
    mailbox: 'Buzón',
    label: 'Tienda de prueba',
  },
})

/** A bar that says that this is a test shop, with a link to the mailbox of the sandbox. */
export function TestShopBar() {
  const texts = useTexts()
  const mailboxUrl = useQuery(shopQuery).data?.mailboxUrl ?? null
  if (mailboxUrl === null) return null
  return (
    <aside className={classes.test} aria-label={texts.label}>
      {texts.test} <a href={mailboxUrl}>{texts.mailbox}</a>
    </aside>
  )
}
