import { messages } from '../../ui/i18n/language'

/** The texts of the first page. */
export const useTexts = messages({
  en: {
    heading: 'Things that last, for a desk and a home',
    lead: 'Lamps, furniture, paper and good coffee: a small range, each piece made to be used every day.',
    browse: 'Browse all products',
    categories: 'Shop by category',
    pieces: (count: number) => (count === 1 ? '1 product' : `${count} products`),
    featured: 'Our favourites',
    all: 'All products',
    how: 'How it works',
    steps: [
      { title: 'Order', text: 'Fill your cart. Prices and stock are checked before you pay.' },
      {
        title: 'Pay',
        text: 'By card, with Stripe. A declined card costs nothing and can be replaced.',
      },
      { title: 'We ship', text: 'You get a receipt, and a tracking link once it is on its way.' },
      {
        title: 'Change your mind',
        text: 'Cancel any time before it ships. The money goes back in full.',
      },
    ],
    developers: 'For developers: this is a reference shop on durable state machines.',
    docs: 'Read its API',
  },
  es: {
    heading: 'Cosas que duran, para el escritorio y la casa',
    lead: 'Lámparas, muebles, papel y buen café: una selección pequeña, cada pieza hecha para el día a día.',
    browse: 'Ver todos los productos',
    categories: 'Compra por categoría',
    pieces: (count) => (count === 1 ? '1 producto' : `${count} productos`),
    featured: 'Nuestros favoritos',
    all: 'Todos los productos',
    how: 'Cómo funciona',
    steps: [
      {
        title: 'Pide',
        text: 'Llena tu cesta. Los precios y el stock se comprueban antes de pagar.',
      },
      { title: 'Paga', text: 'Con tarjeta, a través de Stripe. Si la rechazan, pruebas con otra.' },
      { title: 'Lo enviamos', text: 'Recibes el recibo y, cuando sale, un enlace para seguirlo.' },
      {
        title: '¿Cambias de idea?',
        text: 'Cancela antes del envío y te devolvemos todo el importe.',
      },
    ],
    developers:
      'Para desarrolladores: es una tienda de referencia sobre máquinas de estado duraderas.',
    docs: 'Lee su API',
  },
})
