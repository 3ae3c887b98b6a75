import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { messages } from '../../ui/i18n/language'
import { CheckIcon } from '../../ui/icons'
import { ScenePage } from '../../ui/ScenePage'
import classes from './GoodbyePage.module.css'

const useTexts = messages({
  en: {
    title: 'Your account is closed',
    lead: 'Thank you for having been here.',
    facts: [
      'You are signed out on all devices.',
      'Your name, your addresses and your sign-ins are being erased.',
      'Your orders stay in our books without them, as the law asks of us.',
      'With the same email address you can open a new account whenever you like.',
    ],
    home: 'Back to the shop',
    privacy: 'What we keep, and why',
  },
  es: {
    title: 'Tu cuenta está cerrada',
    lead: 'Gracias por haber estado aquí.',
    facts: [
      'Se han cerrado tus sesiones en todos los dispositivos.',
      'Tu nombre, tus direcciones y tus accesos se están borrando.',
      'Tus pedidos se quedan en nuestras cuentas sin esos datos, como nos pide la ley.',
      'Con el mismo correo electrónico puedes abrir una cuenta nueva cuando quieras.',
    ],
    home: 'Volver a la tienda',
    privacy: 'Qué guardamos y por qué',
  },
})

/** The page after an account was deleted, which says what has happened to its data. */
export function GoodbyePage() {
  const texts = useTexts()
  return (
    <ScenePage title={texts.title} lead={texts.lead} picture="/static/shop/goodbye.svg">
      <ul className={classes.facts}>
        {texts.facts.map((fact) => (
          <li key={fact}>
            <CheckIcon size={20} />
            {fact}
          </li>
        ))}
      </ul>
      <div className={classes.ways}>
        <Button renderRoot={(props) => <Link to="/" {...props} />}>{texts.home}</Button>
        <Link to="/privacy">{texts.privacy}</Link>
      </div>
    </ScenePage>
  )
}
