import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { isStatus } from '../../api/problem'
import type { ProductView } from '../../api/types'
import { LoadError } from '../../ui/LoadError'
import { usePageMeta } from '../../ui/usePageMeta'
import { findListedProduct, productQuery, readProductId } from '../catalogue/queries'
import { NotFoundPage } from '../errors/NotFoundPage'
import { Breadcrumb } from './Breadcrumb'
import { Gallery } from './Gallery'
import classes from './ProductPage.module.css'
import { ProductFacts } from './ProductFacts'
import { ProductSkeleton } from './ProductSkeleton'
import { Purchase } from './Purchase'
import { Related } from './Related'

const route = getRouteApi('/products/$id')

/** The page of one product. */
export function ProductPage() {
  const id = readProductId(route.useParams().id)
  // Each product has a page of its own: its focus, its gallery and its quantity begin anew.
  return id === null ? <NotFoundPage /> : <LoadedProduct key={id} id={id} />
}

function LoadedProduct({ id }: { id: number }) {
  const client = useQueryClient()
  const product = useQuery({
    ...productQuery(id),
    placeholderData: () => findListedProduct(client, id),
  })
  if (product.data !== undefined) return <Product product={product.data} />
  if (isStatus(product.error, 404)) return <NotFoundPage />
  if (product.isError) {
    return (
      <div className={classes.error}>
        <LoadError error={product.error} onRetry={() => void product.refetch()} />
      </div>
    )
  }
  return <ProductSkeleton />
}

function Product({ product }: { product: ProductView }) {
  usePageMeta(`/products/${product.id}`, product.description)
  return (
    <>
      <Breadcrumb category={product.category} />
      <div className={classes.columns}>
        <Gallery product={product} />
        <div className={classes.text}>
          <Purchase product={product} />
          <ProductFacts product={product} />
        </div>
      </div>
      <Related product={product} />
    </>
  )
}
