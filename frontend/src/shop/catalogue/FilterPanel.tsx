import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useId } from 'react'
import { useFormat } from '../../ui/i18n/format'
import classes from './FilterPanel.module.css'
import { PriceFields } from './PriceFields'
import { categoriesQuery } from './queries'
import { type CatalogueSearch, changeFilters } from './search'
import { useTexts } from './texts'

// Otherwise links to a part of the search would count as the current page.
const EXACT = { exact: true }

/** The filters of the catalogue. Each takes effect at once, and stands in the URL. */
export function FilterPanel({ search }: { search: CatalogueSearch }) {
  const texts = useTexts()
  const format = useFormat()
  const navigate = useNavigate()
  const categories = useQuery(categoriesQuery).data ?? []
  const total = categories.reduce((sum, { products }) => sum + products, 0)
  const id = useId()
  return (
    <div className={classes.panel}>
      <section aria-labelledby={`${id}-category`}>
        <h2 id={`${id}-category`} className={classes.title}>
          {texts.category}
        </h2>
        <ul className={classes.categories}>
          {[{ name: undefined, products: total }, ...categories].map(({ name, products }) => (
            <li key={name ?? ''}>
              <Link
                to="/products"
                search={changeFilters(search, { category: name })}
                activeOptions={EXACT}
                className={classes.category}
                data-selected={search.category === name}
                aria-current={search.category === name ? 'true' : undefined}
              >
                <span>{name ?? texts.allShort}</span>
                <span className={classes.count}>{total > 0 && format.number(products)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <PriceFields search={search} />
      <section aria-labelledby={`${id}-availability`}>
        <h2 id={`${id}-availability`} className={classes.title}>
          {texts.availability}
        </h2>
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={search.available === true}
            onChange={(event) => {
              const available = event.currentTarget.checked || undefined
              void navigate({ to: '/products', search: changeFilters(search, { available }) })
            }}
          />
          {texts.available}
        </label>
      </section>
    </div>
  )
}
