import { useParams } from '@tanstack/react-router'
import { LoadError } from '../../ui/LoadError'
import { useLiveQuery } from '../live/polled'
import { ConsolePage } from '../parts/ConsolePage'
import { ConsoleLink } from '../parts/Links'
import { StateLabel } from '../parts/StateLabel'
import { ThingState } from '../parts/ThingState'
import classes from './Catalogue.module.css'
import { MovesPanel } from './MovesPanel'
import { ProductForm } from './ProductForm'
import { productQuery, STATUS_KINDS } from './queries'
import type { Version } from './save'
import { StockPanel } from './StockPanel'
import { texts } from './texts'

/** The page of one product: its fields, its stock, and what moved it. */
export function ProductPage() {
  const { id } = useParams({ from: '/console/catalogue/$id' })
  // The version comes with its ETag, under which the form saves it.
  const query = { ...productQuery(Number(id)), select: (version: Version) => version }
  const { data, error, refetch } = useLiveQuery(query)
  if (data === undefined || String(data.body.id) !== id) {
    return (
      <ThingState
        title={texts.product}
        error={error}
        missing={texts.missing}
        missingLead={texts.missingLead}
        onRetry={() => void refetch()}
      />
    )
  }
  return (
    <>
      {error !== null && <LoadError error={error} onRetry={() => void refetch()} />}
      <ProductView key={id} version={data} />
    </>
  )
}

function ProductView({ version }: { version: Version }) {
  const product = version.body
  return (
    <ConsolePage
      title={product.name}
      heading={
        <span className={classes.heading}>
          {product.imageUrl !== '' && (
            <img src={product.imageUrl} alt="" className={`${classes.picture} ${classes.large}`} />
          )}
          {product.name}
          <StateLabel kind={STATUS_KINDS[product.status]} state={product.status} />
        </span>
      }
      actions={<ConsoleLink url={`/products/${product.id}`}>{texts.form.pick}</ConsoleLink>}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          <StockPanel product={product} />
          <ProductForm version={version} />
        </div>
        <div className={classes.column}>
          <MovesPanel productId={product.id} />
        </div>
      </div>
    </ConsolePage>
  )
}
