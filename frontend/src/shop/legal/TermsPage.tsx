import { messages } from '../../ui/i18n/language'
import { Prose, type ProseTexts } from './Prose'

const useTexts = messages<ProseTexts>({
  en: {
    title: 'Terms',
    lead: 'The rules of buying here, in the order in which you need them. Replace them by those of your own shop.',
    parts: [
      {
        title: 'Your order',
        paragraphs: [
          'Prices are those of the catalogue at the moment in which you press Pay. The sum on the button is what your card is charged, with shipping and tax.',
          'Your things are reserved while you pay. If the payment does not arrive in time, the order ends, nothing is charged, and the things go back on the shelf.',
        ],
      },
      {
        title: 'Cancelling',
        paragraphs: [
          'You can cancel an order on its page until it is shipped. What you paid goes back to the same card; banks take up to ten days.',
        ],
      },
      {
        title: 'Delivery',
        paragraphs: [
          'We tell you by email when the parcel leaves, with its tracking number, and when it has arrived.',
        ],
      },
      {
        title: 'Disagreements',
        paragraphs: [
          'Reply to any of our emails. Every step of an order is recorded, so that we can see together what happened.',
        ],
      },
    ],
  },
  es: {
    title: 'Condiciones',
    lead: 'Las reglas de comprar aquí, en el orden en que hacen falta. Sustitúyelas por las de tu tienda.',
    parts: [
      {
        title: 'Tu pedido',
        paragraphs: [
          'Los precios son los del catálogo en el momento en que pulsas Pagar. La suma del botón es lo que se carga en tu tarjeta, con envío e impuestos.',
          'Tus artículos quedan reservados mientras pagas. Si el pago no llega a tiempo, el pedido termina, no se cobra nada y los artículos vuelven a la estantería.',
        ],
      },
      {
        title: 'Cancelar',
        paragraphs: [
          'Puedes cancelar un pedido en su página hasta que se envía. Lo que pagaste vuelve a la misma tarjeta; los bancos tardan hasta diez días.',
        ],
      },
      {
        title: 'Entrega',
        paragraphs: [
          'Te avisamos por correo cuando sale el paquete, con su número de seguimiento, y cuando ha llegado.',
        ],
      },
      {
        title: 'Desacuerdos',
        paragraphs: [
          'Responde a cualquiera de nuestros correos. Cada paso de un pedido queda registrado, así que podemos ver juntos qué pasó.',
        ],
      },
    ],
  },
})

/** The page of the terms of buying. */
export function TermsPage() {
  return <Prose texts={useTexts()} />
}
