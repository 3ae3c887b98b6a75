import { ApiError, limitedUntil } from '../api/problem'
import classes from './ErrorText.module.css'
import { messages } from './i18n/language'
import { useProblemTexts } from './problemTexts'
import { useCountdown } from './useCountdown'
import { useErrorText } from './useErrorText'

const useTexts = messages({
  en: {
    wait: (seconds: number) => `Try again in ${seconds} s.`,
    later: 'Try again in a moment.',
    now: 'You can try again now.',
  },
  es: {
    wait: (seconds) => `Vuelve a intentarlo en ${seconds} s.`,
    later: 'Vuelve a intentarlo en un momento.',
    now: 'Ya puedes volver a intentarlo.',
  },
})

/** The reason of a failed action, beside its control. Renders nothing without an error. */
export function ErrorText({ error }: { error: unknown }) {
  const errorText = useErrorText()
  if (error === null || error === undefined) return null
  const until = limitedUntil(error)
  return (
    <p className={classes.error} role="alert">
      {until === null ? errorText(error) : <LimitText error={error} until={until} />}
    </p>
  )
}

/** A refusal of too many attempts, which counts down. Screen readers hear it twice, not each second. */
export function LimitText({ error, until }: { error: unknown; until: number }) {
  const texts = useTexts()
  const { kinds } = useProblemTexts()
  const kind = (error instanceof ApiError ? error.kind : null) ?? 'requests'
  const seconds = useCountdown(until)
  return (
    <>
      {kinds[kind]} {seconds === 0 && texts.now}
      {seconds > 0 && (
        <>
          <span aria-hidden="true" className="tabular">
            {texts.wait(seconds)}
          </span>
          <span className="visually-hidden">{texts.later}</span>
        </>
      )}
    </>
  )
}
