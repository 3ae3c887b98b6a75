import { useMemo } from 'react'
import { type Language, useLanguage } from './language'

export type Format = ReturnType<typeof createFormat>

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Return the formats of a language for money, numbers and times. */
export function createFormat(language: Language) {
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'long' })
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'short' })
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  const number = new Intl.NumberFormat(language)
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const currencies = new Map<string, Intl.NumberFormat>()

  function currencyFormat(currency: string): Intl.NumberFormat {
    const format =
      currencies.get(currency) ?? new Intl.NumberFormat(language, { style: 'currency', currency })
    currencies.set(currency, format)
    return format
  }

  return {
    /** Format an amount in major units of `currency`, with as many decimals as it has. */
    money: (amount: number, currency: string) => currencyFormat(currency).format(amount),
    number: (value: number) => number.format(value),
    day: (iso: string) => day.format(new Date(iso)),
    time: (iso: string) => time.format(new Date(iso)),
    moment: (iso: string) => moment.format(new Date(iso)),
    /** Format the distance from `now` (milliseconds) to a time: "3 minutes ago". */
    ago(iso: string, now: number): string {
      const seconds = Math.round((Date.parse(iso) - now) / 1000)
      const size = Math.abs(seconds)
      if (size < MINUTE) return relative.format(seconds, 'second')
      if (size < HOUR) return relative.format(Math.round(seconds / MINUTE), 'minute')
      if (size < DAY) return relative.format(Math.round(seconds / HOUR), 'hour')
      return relative.format(Math.round(seconds / DAY), 'day')
    },
  }
}

/** Return the formats of the current language. */
export function useFormat(): Format {
  const language = useLanguage()
  return useMemo(() => createFormat(language), [language])
}
