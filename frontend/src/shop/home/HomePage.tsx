import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowRightIcon } from '../../ui/icons'
import { LoadError } from '../../ui/LoadError'
import { PageHeading } from '../../ui/Page'
import { usePageMeta } from '../../ui/usePageMeta'
import { ProductCard } from '../catalogue/ProductCard'
import { ProductGrid, ProductGridSkeleton } from '../catalogue/ProductGrid'
import { featuredQuery } from '../catalogue/queries'
import { CategoryTiles } from './CategoryTiles'
import { HeroPicture } from './HeroPicture'
import classes from './HomePage.module.css'
import { HowItWorks } from './HowItWorks'
import { useTexts } from './texts'

const FEATURED = 8

/** The first page of the shop. */
export function HomePage() {
  const texts = useTexts()
  usePageMeta('/')
  return (
    <>
      <section className={classes.hero}>
        <div className={classes.words}>
          <PageHeading title="ProjectX">{texts.heading}</PageHeading>
          <div>
            <p className={classes.lead}>{texts.lead}</p>
            <Button size="md" renderRoot={(props) => <Link to="/products" {...props} />}>
              {texts.browse}
            </Button>
          </div>
        </div>
        <HeroPicture />
      </section>
      <HowItWorks />
      <section className={classes.section}>
        <h2 className={classes.title}>{texts.categories}</h2>
        <CategoryTiles />
      </section>
      <section className={classes.section}>
        <div className={classes.titleRow}>
          <h2 className={classes.title}>{texts.featured}</h2>
          <Link to="/products" className={classes.all}>
            {texts.all} <ArrowRightIcon size={18} />
          </Link>
        </div>
        <Featured />
      </section>
      <p className={classes.developers}>
        {texts.developers} <a href="/docs">{texts.docs}</a>
      </p>
    </>
  )
}

function Featured() {
  const page = useQuery(featuredQuery)
  if (page.isError && page.data === undefined) {
    return <LoadError error={page.error} onRetry={() => void page.refetch()} />
  }
  if (page.data === undefined) return <ProductGridSkeleton size={FEATURED} />
  return (
    <ProductGrid>
      {page.data.products.map((product) => (
        <ProductCard key={product.id} product={product} heading="h3" />
      ))}
    </ProductGrid>
  )
}
