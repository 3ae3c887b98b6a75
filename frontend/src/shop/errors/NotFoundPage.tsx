import { Link } from '@tanstack/react-router'
import { messages } from '../../ui/i18n/language'
import { ScenePage } from '../../ui/ScenePage'
import { SearchField } from '../catalogue/SearchField'
import { CategoryTiles } from '../home/CategoryTiles'
import classes from './NotFoundPage.module.css'

const useTexts = messages({
  en: {
    title: 'This page does not exist',
    lead: 'The address may be mistyped, or the page has moved. What were you looking for?',
    search: 'Search from this page',
    browse: 'Browse all products',
    orders: 'Your orders',
    home: 'Home page',
    categories: 'Or look around',
  },
  es: {
    title: 'Esta página no existe',
    lead: 'Puede que la dirección esté mal escrita o que la página se haya movido. ¿Qué buscabas?',
    search: 'Buscar desde esta página',
    browse: 'Ver todos los productos',
    orders: 'Tus pedidos',
    home: 'Página de inicio',
    categories: 'O mira por aquí',
  },
})

/** The page of an unknown address, with ways on. */
export function NotFoundPage() {
  const texts = useTexts()
  return (
    <>
      <ScenePage title={texts.title} lead={texts.lead} picture="/static/shop/not-found.svg">
        <SearchField landmark={texts.search} />
        <nav className={classes.links} aria-label={texts.title}>
          <Link to="/products">{texts.browse}</Link>
          <Link to="/orders">{texts.orders}</Link>
          <Link to="/">{texts.home}</Link>
        </nav>
      </ScenePage>
      <h2 className={classes.heading}>{texts.categories}</h2>
      <CategoryTiles />
    </>
  )
}
