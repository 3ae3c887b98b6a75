import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Page } from '../../ui/Page'
import { usePageMeta } from '../../ui/usePageMeta'
import { ActiveFilters } from './ActiveFilters'
import classes from './CataloguePage.module.css'
import { FilterDialog } from './FilterDialog'
import { FilterPanel } from './FilterPanel'
import { catalogueQuery, PAGE_SIZE, type ProductPage } from './queries'
import { Results } from './Results'
import { SearchField } from './SearchField'
import { type CatalogueSearch, changeFilters, SORTS } from './search'
import { useSearchFocus } from './searchFocus'
import { useTexts } from './texts'

const route = getRouteApi('/products')

/** The catalogue: search, filters and a page of products, all of them in the URL. */
export function CataloguePage() {
  const texts = useTexts()
  const search = route.useSearch()
  const page = useQuery(catalogueQuery(search))
  const field = useSearchFocus()
  const results = useResultsFocus(search.page)
  usePageMeta('/products')
  return (
    <Page title={search.category ?? texts.all}>
      <div className={classes.search}>
        <SearchField ref={field} />
      </div>
      <div className={classes.columns}>
        <div className={classes.sidebar}>
          <FilterPanel search={search} />
        </div>
        <section ref={results} tabIndex={-1} className={classes.results} aria-label={texts.results}>
          <div className={classes.toolbar}>
            <Count search={search} page={page.data} />
            <div className={classes.active}>
              <ActiveFilters search={search} />
            </div>
            <div className={classes.dialog}>
              <FilterDialog search={search} total={page.data?.total} />
            </div>
            <SortSelect search={search} />
          </div>
          <Results search={search} page={page} />
        </section>
      </div>
    </Page>
  )
}

/** The number of products that match, which is announced whenever it changes. */
function Count({ search, page }: { search: CatalogueSearch; page: ProductPage | undefined }) {
  const texts = useTexts()
  const last = Math.ceil((page?.total ?? 0) / PAGE_SIZE)
  const number = search.page ?? 1
  return (
    <p role="status" className={classes.count}>
      {page === undefined
        ? texts.loading
        : last > 1 && number <= last
          ? texts.productsOnPage(page.total, number, last)
          : texts.products(page.total)}
    </p>
  )
}

function SortSelect({ search }: { search: CatalogueSearch }) {
  const texts = useTexts()
  const navigate = useNavigate()
  return (
    <select
      className={classes.sort}
      aria-label={texts.sort}
      value={search.sort ?? 'name'}
      onChange={(event) => {
        const { value } = event.currentTarget
        const sort = SORTS.find((each) => each === value && each !== 'name')
        void navigate({ to: '/products', search: changeFilters(search, { sort }) })
      }}
    >
      {SORTS.map((sort) => (
        <option key={sort} value={sort}>
          {texts.sorts[sort]}
        </option>
      ))}
    </select>
  )
}

/** Return the ref of the results, which take the focus when another page of them was chosen. */
function useResultsFocus(page: number | undefined) {
  const results = useRef<HTMLElement>(null)
  const shown = useRef(page)
  useEffect(() => {
    const { activeElement } = document
    const isLink = activeElement instanceof HTMLAnchorElement
    if (shown.current !== page && isLink) results.current?.focus({ preventScroll: true })
    shown.current = page
  }, [page])
  return results
}
