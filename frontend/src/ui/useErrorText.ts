import { ApiError, NetworkError } from '../api/problem'
import type { FieldProblem } from '../api/types'
import { useFormat } from './i18n/format'
import { messages } from './i18n/language'
import { useProblemTexts } from './problemTexts'

const useTexts = messages({
  en: {
    offline: 'We could not reach the shop. Check your connection and try again.',
    again: (seconds: number) => `Try again in ${seconds} seconds.`,
    failed: 'Something went wrong on our side. Nothing was changed. Try again in a moment.',
  },
  es: {
    offline: 'No hemos podido conectar con la tienda. Comprueba tu conexión e inténtalo de nuevo.',
    again: (seconds) => `Vuelve a intentarlo en ${seconds} segundos.`,
    failed: 'Ha fallado algo por nuestra parte. No se ha cambiado nada. Inténtalo en un momento.',
  },
})

/** Return a function that says in plain words why a request failed. */
export function useErrorText(): (error: unknown) => string {
  const texts = useTexts()
  const refusalText = useRefusalText()
  return (error) => {
    if (error instanceof NetworkError) return texts.offline
    if (!(error instanceof ApiError) || error.status >= 500) return texts.failed
    if (error.status !== 429) return refusalText(error)
    return `${refusalText(error)} ${texts.again(error.retryAfter ?? 60)}`
  }
}

/** Return a function that says why a field is invalid: by its code, else with the server's words. */
export function useFieldText(): (problem: FieldProblem) => string {
  const texts = useProblemTexts()
  const format = useFormat()
  return ({ code, message, parameters }) => {
    if (code === 'invalid') return texts.invalid(message)
    // A server that is newer than this page may send a code that it does not know.
    return texts.fields[code]?.(parameters ?? {}, format) ?? texts.invalid(message)
  }
}

/** Return a function that says why the server refused: by its kind, its fields or its status. */
export function useRefusalText(): (error: ApiError) => string {
  const texts = useProblemTexts()
  const fieldText = useFieldText()
  return (error) => {
    const byKind = error.kind === null ? undefined : texts.kinds[error.kind]
    if (byKind !== undefined) return byKind
    const [field] = Object.values(error.fields)
    if (field !== undefined) return fieldText(field)
    const byStatus = { 403: texts.notAllowed, 404: texts.absent, 410: texts.gone }[error.status]
    if (error.status === 429) return texts.kinds.requests
    return byStatus ?? texts.refused(error.message)
  }
}
