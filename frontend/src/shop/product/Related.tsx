import { useQuery } from '@tanstack/react-query'
import type { ProductView } from '../../api/types'
import { ProductCard } from '../catalogue/ProductCard'
import { ProductGrid } from '../catalogue/ProductGrid'
import { relatedQuery } from '../catalogue/queries'
import classes from './Related.module.css'
import { useTexts } from './texts'

const MAX_SHOWN = 4

/** Other products of the same category. */
export function Related({ product }: { product: ProductView }) {
  const texts = useTexts()
  const { category } = product
  const page = useQuery({ ...relatedQuery(category), enabled: category !== '' }).data
  const others = (page?.products ?? []).filter(({ id }) => id !== product.id).slice(0, MAX_SHOWN)
  if (others.length === 0) return null
  return (
    <section className={classes.related}>
      <h2 className={classes.title}>{texts.related(category)}</h2>
      <ProductGrid>
        {others.map((other) => (
          <ProductCard key={other.id} product={other} heading="h3" />
        ))}
      </ProductGrid>
    </section>
  )
}
