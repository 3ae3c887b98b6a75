import { ApiError, NetworkError } from '../api/problem'
import { messages } from './i18n/language'

const useTexts = messages({
  en: {
    offline: 'We could not reach the shop. Check your connection and try again.',
    limited: (seconds: number) => `Too many attempts. Try again in ${seconds} seconds.`,
    failed: 'Something went wrong on our side. Nothing was changed. Try again in a moment.',
  },
  es: {
    offline: 'No hemos podido conectar con la tienda. Comprueba tu conexión e inténtalo de nuevo.',
    limited: (seconds) => `Demasiados intentos. Vuelve a intentarlo en ${seconds} segundos.`,
    failed: 'Ha fallado algo por nuestra parte. No se ha cambiado nada. Inténtalo en un momento.',
  },
})

/** Return a function that says in plain words why a request failed. */
export function useErrorText(): (error: unknown) => string {
  const texts = useTexts()
  return (error) => {
    if (error instanceof NetworkError) return texts.offline
    if (!(error instanceof ApiError) || error.status >= 500) return texts.failed
    if (error.status === 429) return texts.limited(error.retryAfter ?? 60)
    return error.message
  }
}
