import { messages } from './i18n/language'

export const useFailureTexts = messages({
  en: {
    titles: {
      offline: 'We cannot reach the shop',
      maintenance: 'We are back in a moment',
      limited: 'That was a little fast',
      failed: 'Something went wrong',
    },
    leads: {
      offline:
        'Nothing is lost. Check your connection; this page goes on by itself when you are online.',
      maintenance: 'The shop is being looked after. Nothing is lost, and nothing was charged.',
      failed: 'This is our fault. Nothing was changed.',
    },
    again: (seconds: number) => `We try again by ourselves in ${seconds} s.`,
    againNow: 'We are trying again …',
    request: 'Reference for our support:',
    retry: 'Try again',
  },
  es: {
    titles: {
      offline: 'No llegamos a la tienda',
      maintenance: 'Volvemos en un momento',
      limited: 'Ha sido un poco rápido',
      failed: 'Algo ha fallado',
    },
    leads: {
      offline:
        'No se ha perdido nada. Comprueba tu conexión; la página sigue sola cuando vuelva la red.',
      maintenance: 'Estamos cuidando la tienda. No se ha perdido nada y no se ha cobrado nada.',
      failed: 'El error es nuestro. No se ha cambiado nada.',
    },
    again: (seconds) => `Lo intentamos de nuevo en ${seconds} s.`,
    againNow: 'Lo estamos intentando de nuevo …',
    request: 'Referencia para nuestro equipo:',
    retry: 'Reintentar',
  },
})
