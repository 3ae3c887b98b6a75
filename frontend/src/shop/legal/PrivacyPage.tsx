import { messages } from '../../ui/i18n/language'
import { Prose, type ProseTexts } from './Prose'

const useTexts = messages<ProseTexts>({
  en: {
    title: 'Privacy',
    lead: 'What we keep about you, for how long, and how you get rid of it.',
    parts: [
      {
        title: 'What we keep',
        paragraphs: [
          'Your email address, your name and addresses as you typed them, your orders, and the devices on which you are signed in. Addresses and phone numbers are encrypted in our database.',
          'Your card number never reaches us: it goes to the payment provider alone. We keep its brand, its last four digits and its expiry month, for your receipts.',
        ],
      },
      {
        title: 'Cookies',
        paragraphs: [
          'Two cookies, both needed for signing in: one keeps your session, one recognises your browser. There is no advertising and no tracking, so there is no banner. Your cart, language and colours stay in your browser.',
        ],
      },
      {
        title: 'Your data is yours',
        paragraphs: [
          'On the page of your account you download everything that we keep about you, or delete your account. Deletion erases your name, addresses and sign-ins everywhere. Amounts of past orders stay in the books without them, because the law asks for it.',
        ],
      },
    ],
  },
  es: {
    title: 'Privacidad',
    lead: 'Qué guardamos sobre ti, durante cuánto tiempo y cómo borrarlo.',
    parts: [
      {
        title: 'Qué guardamos',
        paragraphs: [
          'Tu correo, tu nombre y tus direcciones tal como las escribiste, tus pedidos y los dispositivos en los que has entrado. Las direcciones y los teléfonos están cifrados en nuestra base de datos.',
          'El número de tu tarjeta nunca nos llega: va solo al proveedor de pagos. Guardamos la marca, las cuatro últimas cifras y el mes de caducidad, para tus recibos.',
        ],
      },
      {
        title: 'Cookies',
        paragraphs: [
          'Dos cookies, las dos necesarias para entrar: una guarda tu sesión y otra reconoce tu navegador. No hay publicidad ni seguimiento, así que no hay aviso. Tu cesta, tu idioma y tus colores se quedan en tu navegador.',
        ],
      },
      {
        title: 'Tus datos son tuyos',
        paragraphs: [
          'En la página de tu cuenta descargas todo lo que guardamos sobre ti, o borras tu cuenta. Al borrarla desaparecen tu nombre, tus direcciones y tus accesos. Los importes de pedidos pasados se quedan en los libros sin ellos, porque la ley lo pide.',
        ],
      },
    ],
  },
})

/** The page about personal data. */
export function PrivacyPage() {
  return <Prose texts={useTexts()} />
}
