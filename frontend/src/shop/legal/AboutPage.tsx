import { messages } from '../../ui/i18n/language'
import { Prose, type ProseTexts } from './Prose'

const useTexts = messages<ProseTexts>({
  en: {
    title: 'About this shop',
    lead: 'A small shop for well-made things, and a reference for the people who build shops.',
    parts: [
      {
        title: 'The things',
        paragraphs: [
          'Lamps that light what you read, chairs that still fit in the evening, pens that are refilled instead of thrown away. We sell few things, and only what we would put on our own desk.',
        ],
      },
      {
        title: 'How an order goes',
        paragraphs: [
          'You sign in with a code by email. Your things are reserved when you press Pay, and the order is complete when your bank has paid. Until the parcel leaves, you can cancel, and the money goes back to your card.',
          'You see each step on the page of your order, as it happens.',
        ],
      },
      {
        title: 'How it is built',
        paragraphs: [
          'Behind these pages is ProjectX, a reference system in Python. Each order and payment is a durable state machine in PostgreSQL: when a server dies in the middle of something, another one goes on where it stopped, and nothing is lost or charged twice.',
          'Teams copy it to begin a shop of their own. The API is described at /docs.',
        ],
      },
    ],
  },
  es: {
    title: 'Sobre esta tienda',
    lead: 'Una tienda pequeña de cosas bien hechas, y una referencia para quien construye tiendas.',
    parts: [
      {
        title: 'Las cosas',
        paragraphs: [
          'Lámparas que iluminan lo que lees, sillas que por la noche siguen siendo cómodas, plumas que se recargan en vez de tirarse. Vendemos pocas cosas, y solo las que pondríamos en nuestra mesa.',
        ],
      },
      {
        title: 'Cómo va un pedido',
        paragraphs: [
          'Entras con un código que te llega por correo. Tus artículos se reservan cuando pulsas Pagar, y el pedido se completa cuando tu banco ha pagado. Hasta que sale el paquete puedes cancelar, y el dinero vuelve a tu tarjeta.',
          'Cada paso se ve en la página de tu pedido, en el momento en que ocurre.',
        ],
      },
      {
        title: 'Cómo está construida',
        paragraphs: [
          'Detrás de estas páginas está ProjectX, un sistema de referencia en Python. Cada pedido y cada pago es una máquina de estados duradera en PostgreSQL: si un servidor muere a mitad de algo, otro sigue donde se quedó, y nada se pierde ni se cobra dos veces.',
          'Los equipos lo copian para empezar su propia tienda. La API se describe en /docs.',
        ],
      },
    ],
  },
})

/** The page that says what this shop is. */
export function AboutPage() {
  return <Prose texts={useTexts()} />
}
