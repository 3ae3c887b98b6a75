import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { shopQuery } from '../../api/queries'
import { useFormat } from '../../ui/i18n/format'
import { CloseIcon } from '../../ui/icons'
import classes from './ActiveFilters.module.css'
import { type CatalogueSearch, changeFilters } from './search'
import { useTexts } from './texts'

type ActiveFilter = { label: string; without: CatalogueSearch; isWords?: boolean }

/** The filters in use. Each is a link to the same search without it. */
export function ActiveFilters({ search }: { search: CatalogueSearch }) {
  const texts = useTexts()
  const filters = useActiveFilters(search)
  if (filters.length === 0) return null
  return (
    <ul className={classes.filters}>
      {filters.map(({ label, without, isWords }) => (
        <li key={label} className={isWords ? classes.words : undefined} data-words={isWords}>
          <Link
            to="/products"
            search={changeFilters(search, without)}
            activeOptions={{ exact: true }}
            className={classes.filter}
            aria-label={texts.remove(label)}
          >
            <span>{label}</span>
            <CloseIcon size={14} />
          </Link>
        </li>
      ))}
      {filters.length > 1 && (
        <li>
          <Link
            to="/products"
            search={{ sort: search.sort }}
            activeOptions={{ exact: true }}
            className={classes.clear}
          >
            {texts.clear}
          </Link>
        </li>
      )}
    </ul>
  )
}

function useActiveFilters(search: CatalogueSearch): ActiveFilter[] {
  const texts = useTexts()
  const format = useFormat()
  const currency = useQuery(shopQuery).data?.currency
  const { q, category, minPrice, maxPrice, available } = search
  const amount = (price: number) =>
    currency === undefined ? format.number(price) : format.money(price, currency)
  const filters: ActiveFilter[] = []
  if (q !== undefined)
    filters.push({ label: texts.quoted(q), without: { q: undefined }, isWords: true })
  if (category !== undefined) filters.push({ label: category, without: { category: undefined } })
  if (minPrice !== undefined || maxPrice !== undefined) {
    const label =
      minPrice === undefined
        ? texts.upTo(amount(maxPrice ?? 0))
        : maxPrice === undefined
          ? texts.from(amount(minPrice))
          : texts.between(amount(minPrice), amount(maxPrice))
    filters.push({ label, without: { minPrice: undefined, maxPrice: undefined } })
  }
  if (available) filters.push({ label: texts.inStock, without: { available: undefined } })
  return filters
}
