import { messages } from '../../ui/i18n/language'

/** The texts of a product's page. */
export const useTexts = messages({
  en: {
    breadcrumb: 'Breadcrumb',
    products: 'Products',
    picture: (name: string, number: number) => `${name}, picture ${number}`,
    showPicture: (number: number) => `Show picture ${number}`,
    quantity: 'Quantity',
    add: 'Add to cart',
    inCart: (pieces: number, added: number) =>
      added > 0 ? `Added. ${pieces} in your cart.` : `${pieces} in your cart.`,
    allInCart: (pieces: number) =>
      pieces === 1 ? 'The last one is in your cart.' : `All ${pieces} are in your cart.`,
    viewCart: 'View cart',
    soldOutLead: 'It is sold out at the moment.',
    unavailableLead: 'It is not for sale at the moment.',
    discontinuedLead: 'It is no longer made, and will not come back.',
    similar: 'See similar products',
    facts: 'Good to know',
    shipping: 'You see shipping and the total before you pay.',
    cancel: 'Cancel any time before it ships, and the whole amount is returned.',
    payment: 'Your card number goes to Stripe only, and never to us.',
    category: 'Category',
    sku: 'Article number',
    related: (category: string) => `More in ${category}`,
  },
  es: {
    breadcrumb: 'Ruta',
    products: 'Productos',
    picture: (name, number) => `${name}, imagen ${number}`,
    showPicture: (number) => `Mostrar la imagen ${number}`,
    quantity: 'Cantidad',
    add: 'Añadir a la cesta',
    inCart: (pieces, added) =>
      added > 0 ? `Añadido. ${pieces} en tu cesta.` : `${pieces} en tu cesta.`,
    allInCart: (pieces) =>
      pieces === 1 ? 'El último está en tu cesta.' : `Los ${pieces} están en tu cesta.`,
    viewCart: 'Ver la cesta',
    soldOutLead: 'Ahora mismo está agotado.',
    unavailableLead: 'Ahora mismo no está a la venta.',
    discontinuedLead: 'Ya no se fabrica y no volverá.',
    similar: 'Ver productos parecidos',
    facts: 'Bueno saberlo',
    shipping: 'Ves el envío y el total antes de pagar.',
    cancel: 'Cancela cuando quieras antes del envío y te devolvemos todo el importe.',
    payment: 'El número de tu tarjeta va solo a Stripe, nunca a nosotros.',
    category: 'Categoría',
    sku: 'Referencia',
    related: (category) => `Más de ${category}`,
  },
})
