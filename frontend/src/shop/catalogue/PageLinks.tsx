import { Link } from '@tanstack/react-router'
import { messages } from '../../ui/i18n/language'
import { ChevronLeftIcon, ChevronRightIcon } from '../../ui/icons'
import classes from './PageLinks.module.css'
import { listPages } from './pages'
import { type CatalogueSearch, changeFilters } from './search'

const useTexts = messages({
  en: {
    pages: 'Pages',
    page: (page: number) => `Page ${page}`,
    previous: 'Previous page',
    next: 'Next page',
  },
  es: {
    pages: 'Páginas',
    page: (page) => `Página ${page}`,
    previous: 'Página anterior',
    next: 'Página siguiente',
  },
})

/** Links to the other pages of a search. */
export function PageLinks({ search, last }: { search: CatalogueSearch; last: number }) {
  const texts = useTexts()
  const current = search.page ?? 1
  if (last <= 1) return null
  const to = (page: number) => changeFilters(search, page > 1 ? { page } : {})
  return (
    <nav aria-label={texts.pages} className={classes.pages}>
      {current > 1 && (
        <Link to="/products" search={to(current - 1)} rel="prev" aria-label={texts.previous}>
          <ChevronLeftIcon size={18} />
        </Link>
      )}
      {listPages(current, last).map((page, index) =>
        page === 'gap' ? (
          <span key={index < 2 ? 'before' : 'after'} aria-hidden="true">
            …
          </span>
        ) : (
          <Link
            key={page}
            to="/products"
            search={to(page)}
            aria-label={texts.page(page)}
            aria-current={page === current ? 'page' : undefined}
            activeOptions={{ exact: true }}
          >
            {page}
          </Link>
        ),
      )}
      {current < last && (
        <Link to="/products" search={to(current + 1)} rel="next" aria-label={texts.next}>
          <ChevronRightIcon size={18} />
        </Link>
      )}
    </nav>
  )
}
