import type { DeclineCode } from '../api/problem'
import type { FieldCode, ProblemKind } from '../api/types'
import type { Format } from './i18n/format'
import { messages } from './i18n/language'

/** What a field's problem is about, as the server gives it. */
export type Parameters = Readonly<Record<string, string | number>>

type FieldText = (parameters: Parameters, format: Format) => string

type ProblemTexts = {
  /** Words for each code of a field. The server's sentence stands in for an INVALID in English. */
  fields: Readonly<Record<Exclude<FieldCode, 'invalid'>, FieldText>>
  invalid: (message: string) => string
  /** Words for each kind of refusal. */
  kinds: Readonly<Record<ProblemKind, string>>
  declines: Readonly<Record<DeclineCode, string>>
  /** Words for a refusal without a kind. */
  refused: (message: string) => string
  notAllowed: string
  gone: string
  absent: string
}

const money = ({ amount, currency }: Parameters, format: Format) =>
  format.money(Number(amount), String(currency))

/** The texts for all codes that the server can send, in both languages: one missing is a type error. */
export const useProblemTexts = messages<ProblemTexts>({
  en: {
    fields: {
      required: () => 'This is needed.',
      unknownField: () => 'The shop does not know this field.',
      wrongType: () => 'This is not a valid value.',
      wrongFormat: () => 'This is not written as it should be.',
      notAllowed: () => 'This is none of the choices.',
      tooShort: ({ min }) => `Type at least ${min} ${min === 1 ? 'character' : 'characters'}.`,
      tooLong: ({ max }) => `Type at most ${max} characters.`,
      tooFew: ({ min }) => `At least ${min} are needed.`,
      tooMany: ({ max }) => `At most ${max} are possible.`,
      tooSmall: ({ min }) => `The smallest number is ${min}.`,
      tooLarge: ({ max }) => `The largest number is ${max}.`,
      invalidEmail: () => 'This is not an email address.',
      cardNumber: () => 'This looks like a card number. Type it in the payment form only.',
      invisibleCharacter: ({ character }) =>
        `There is an invisible character (${character}). Type the text again.`,
      used: () => 'This is in use already.',
      duplicate: () => 'This is there twice.',
      unknownProduct: () => 'The shop no longer has this product.',
      unavailable: ({ product }) => `${product} is not for sale at the moment.`,
      otherCurrency: () => 'This is sold in another currency than the rest.',
      outOfStock: ({ product, left }) =>
        left === 0 ? `${product} is sold out.` : `Only ${left} of ${product} are left.`,
      tooManyUnpaid: ({ product, max }) =>
        `At most ${max} of ${product} may wait for your payment at a time.`,
      totalTooSmall: (amount, format) => `The smallest total is ${money(amount, format)}.`,
      totalTooLarge: (amount, format) => `The largest total is ${money(amount, format)}.`,
    },
    invalid: (message) => message,
    kinds: {
      requests: 'Too many attempts.',
      unpaidOrders:
        'You have many orders that wait for their payment. Pay or cancel one of them first.',
      declinedCards: 'Many cards were declined. Wait a while before you try again.',
      ordersPerHour: 'You have placed many orders in a short time.',
      codeJustSent: 'We sent you a code a moment ago.',
      codesPerHour: 'Many people are asking for codes right now.',
      wrongCodes: 'Too many wrong codes were tried for this address.',
      busy: 'Many people are buying this right now. Try again in a moment.',
      unfinishedOrder: 'An order or a refund is still under way.',
      maxPasskeys: 'You have as many passkeys as an account can have. Remove one first.',
      passkeyExists: 'This passkey is registered already.',
    },
    declines: {
      insufficient_funds: 'The card has insufficient funds.',
      expired_card: 'The card has expired.',
      incorrect_cvc: "The card's security code is incorrect.",
      invalid_cvc: "The card's security code is incorrect.",
      incorrect_number: "The card's number is incorrect.",
      invalid_number: "The card's number is incorrect.",
      invalid_expiry_month: "The card's expiry date is incorrect.",
      invalid_expiry_year: "The card's expiry date is incorrect.",
      card_velocity_exceeded: 'The card has been used too often.',
      withdrawal_count_limit_exceeded: "The card's limit is reached.",
      currency_not_supported: 'The card does not take this currency.',
      card_not_supported: 'The card does not take this kind of payment.',
      processing_error: 'The bank could not take the payment; try again in a moment.',
      try_again_later: 'The bank could not take the payment; try again in a moment.',
      authentication_required: 'The bank requires you to confirm the payment with 3-D Secure.',
      payment_intent_authentication_failure: 'The bank could not verify who pays.',
      card_declined: 'The card was declined.',
    },
    refused: (message) => message,
    notAllowed: 'You may not do this.',
    gone: 'This can no longer be used.',
    absent: 'This does not exist, or no longer.',
  },
  es: {
    fields: {
      required: () => 'Hace falta.',
      unknownField: () => 'La tienda no conoce este campo.',
      wrongType: () => 'No es un valor válido.',
      wrongFormat: () => 'No está escrito como debe.',
      notAllowed: () => 'No es ninguna de las opciones.',
      tooShort: ({ min }) => `Escribe al menos ${min} ${min === 1 ? 'carácter' : 'caracteres'}.`,
      tooLong: ({ max }) => `Escribe como máximo ${max} caracteres.`,
      tooFew: ({ min }) => `Hacen falta al menos ${min}.`,
      tooMany: ({ max }) => `Como máximo pueden ser ${max}.`,
      tooSmall: ({ min }) => `El número más pequeño es ${min}.`,
      tooLarge: ({ max }) => `El número más grande es ${max}.`,
      invalidEmail: () => 'No es un correo electrónico.',
      cardNumber: () => 'Parece un número de tarjeta. Escríbelo solo en el formulario de pago.',
      invisibleCharacter: ({ character }) =>
        `Hay un carácter invisible (${character}). Vuelve a escribir el texto.`,
      used: () => 'Ya está en uso.',
      duplicate: () => 'Está dos veces.',
      unknownProduct: () => 'La tienda ya no tiene este producto.',
      unavailable: ({ product }) => `${product} no está a la venta en este momento.`,
      otherCurrency: () => 'Se vende en otra moneda que el resto.',
      outOfStock: ({ product, left }) =>
        left === 0 ? `${product} está agotado.` : `Solo quedan ${left} de ${product}.`,
      tooManyUnpaid: ({ product, max }) =>
        `Como máximo ${max} de ${product} pueden estar pendientes de pago a la vez.`,
      totalTooSmall: (amount, format) => `El total mínimo es ${money(amount, format)}.`,
      totalTooLarge: (amount, format) => `El total máximo es ${money(amount, format)}.`,
    },
    invalid: () => 'La tienda no acepta este valor.',
    kinds: {
      requests: 'Demasiados intentos.',
      unpaidOrders:
        'Tienes muchos pedidos pendientes de pago. Paga o cancela uno de ellos primero.',
      declinedCards:
        'Se han rechazado muchas tarjetas. Espera un rato antes de volver a intentarlo.',
      ordersPerHour: 'Has hecho muchos pedidos en poco tiempo.',
      codeJustSent: 'Te hemos enviado un código hace un momento.',
      codesPerHour: 'Mucha gente está pidiendo códigos ahora mismo.',
      wrongCodes: 'Se han probado demasiados códigos incorrectos para esta dirección.',
      busy: 'Mucha gente está comprando esto ahora mismo. Inténtalo en un momento.',
      unfinishedOrder: 'Todavía hay un pedido o un reembolso en curso.',
      maxPasskeys: 'Tienes tantas claves de acceso como puede tener una cuenta. Quita una primero.',
      passkeyExists: 'Esta clave de acceso ya está registrada.',
    },
    declines: {
      insufficient_funds: 'La tarjeta no tiene fondos suficientes.',
      expired_card: 'La tarjeta ha caducado.',
      incorrect_cvc: 'El código de seguridad de la tarjeta no es correcto.',
      invalid_cvc: 'El código de seguridad de la tarjeta no es correcto.',
      incorrect_number: 'El número de la tarjeta no es correcto.',
      invalid_number: 'El número de la tarjeta no es correcto.',
      invalid_expiry_month: 'La fecha de caducidad de la tarjeta no es correcta.',
      invalid_expiry_year: 'La fecha de caducidad de la tarjeta no es correcta.',
      card_velocity_exceeded: 'La tarjeta se ha usado demasiadas veces.',
      withdrawal_count_limit_exceeded: 'Se ha alcanzado el límite de la tarjeta.',
      currency_not_supported: 'La tarjeta no acepta esta moneda.',
      card_not_supported: 'La tarjeta no acepta este tipo de pago.',
      processing_error: 'El banco no ha podido hacer el cobro; inténtalo en un momento.',
      try_again_later: 'El banco no ha podido hacer el cobro; inténtalo en un momento.',
      authentication_required: 'El banco pide que confirmes el pago con 3-D Secure.',
      payment_intent_authentication_failure: 'El banco no ha podido comprobar quién paga.',
      card_declined: 'La tarjeta ha sido rechazada.',
    },
    refused: () => 'La tienda no ha aceptado la petición.',
    notAllowed: 'No puedes hacer esto.',
    gone: 'Esto ya no se puede usar.',
    absent: 'Esto no existe o ha dejado de existir.',
  },
})
