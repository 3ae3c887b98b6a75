import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useCallback, useId } from 'react'
import { shopQuery } from '../../api/queries'
import { useLanguage } from '../../ui/i18n/language'
import classes from './FilterPanel.module.css'
import { type CatalogueSearch, changeFilters, readAmount } from './search'
import { useTexts } from './texts'
import { useDraft } from './useDraft'

const DELAY_MS = 500

/** The lowest and the highest price to show, in the currency of the shop. */
export function PriceFields({ search }: { search: CatalogueSearch }) {
  const texts = useTexts()
  const id = useId()
  const sign = useCurrencySign()
  const low = usePriceDraft(search, 'minPrice')
  const high = usePriceDraft(search, 'maxPrice')
  const problem = problemOf(low.text, high.text)

  function submit(event: FormEvent) {
    event.preventDefault()
    low.flush()
    high.flush()
  }

  return (
    <form aria-labelledby={`${id}-title`} onSubmit={submit}>
      <h2 id={`${id}-title`} className={classes.title}>
        {texts.price}
      </h2>
      <div className={classes.prices}>
        {[
          { draft: low, label: texts.lowest, hint: texts.min, name: 'minPrice' },
          { draft: high, label: texts.highest, hint: texts.max, name: 'maxPrice' },
        ].map(({ draft, label, hint, name }) => (
          <label key={name} className={classes.price}>
            <span aria-hidden="true">{sign}</span>
            <input
              type="text"
              inputMode="decimal"
              name={name}
              autoComplete="off"
              aria-label={label}
              placeholder={hint}
              aria-invalid={problem !== null}
              aria-describedby={problem === null ? undefined : `${id}-problem`}
              maxLength={12}
              value={draft.text}
              onChange={(event) => draft.edit(event.currentTarget.value)}
              onBlur={draft.flush}
            />
          </label>
        ))}
        {/* Enter in a form with two fields needs a button. */}
        <button type="submit" hidden aria-label={texts.price} />
      </div>
      <p id={`${id}-problem`} role="status" className={classes.problem}>
        {problem !== null && texts[problem]}
      </p>
    </form>
  )
}

function usePriceDraft(search: CatalogueSearch, name: 'minPrice' | 'maxPrice') {
  const navigate = useNavigate()
  const language = useLanguage()
  const other = name === 'minPrice' ? search.maxPrice : search.minPrice
  const commit = useCallback(
    (typed: string) => {
      const amount = readAmount(typed)
      if (typed !== '' && amount === undefined) return
      const [low, high] = name === 'minPrice' ? [amount, other] : [other, amount]
      if (low !== undefined && high !== undefined && low > high) return
      const change = { [name]: amount }
      void navigate({ to: '/products', search: changeFilters(search, change), replace: true })
    },
    [name, navigate, other, search],
  )
  const value = search[name]
  const written =
    value === undefined ? '' : String(value).replace('.', language === 'es' ? ',' : '.')
  return useDraft(written, commit, DELAY_MS)
}

function problemOf(low: string, high: string): 'priceForm' | 'priceOrder' | null {
  const [min, max] = [readAmount(low), readAmount(high)]
  if (isUnreadable(low) || isUnreadable(high)) return 'priceForm'
  return min !== undefined && max !== undefined && min > max ? 'priceOrder' : null
}

function useCurrencySign(): string {
  const language = useLanguage()
  const currency = useQuery(shopQuery).data?.currency
  if (currency === undefined) return ''
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  })
  return format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? ''
}

function isUnreadable(typed: string): boolean {
  return typed.trim() !== '' && readAmount(typed) === undefined
}
