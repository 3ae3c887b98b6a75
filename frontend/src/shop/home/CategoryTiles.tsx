import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { LoadError } from '../../ui/LoadError'
import { Picture } from '../../ui/Picture'
import { categoriesQuery } from '../catalogue/queries'
import classes from './CategoryTiles.module.css'
import { useTexts } from './texts'

const PLACES = ['a', 'b', 'c', 'd', 'e', 'f']

/** The categories as pictures, each of one of its products. */
export function CategoryTiles() {
  const texts = useTexts()
  const categories = useQuery(categoriesQuery)
  if (categories.isError && categories.data === undefined) {
    return <LoadError error={categories.error} onRetry={() => void categories.refetch()} />
  }
  return (
    <ul className={classes.tiles}>
      {categories.data?.map(({ name, products, imageUrl }) => (
        <li key={name} className={classes.tile}>
          <Link to="/products" search={{ category: name }} className={classes.link}>
            <Picture src={imageUrl} alt="" />
            <span className={classes.name}>{name}</span>
            <span className={classes.count}>{texts.pieces(products)}</span>
          </Link>
        </li>
      ))}
      {categories.data === undefined &&
        PLACES.map((place) => (
          <li key={place} className={classes.blank} aria-hidden="true">
            <div />
          </li>
        ))}
    </ul>
  )
}
