import { Button } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { isStatus } from '../../api/problem'
import { SearchIcon } from '../../ui/icons'
import { LoadError } from '../../ui/LoadError'
import { PageLinks } from './PageLinks'
import { ProductCard } from './ProductCard'
import { ProductGrid, ProductGridSkeleton } from './ProductGrid'
import { PAGE_SIZE, type ProductPage } from './queries'
import { useFieldText } from '../../ui/useErrorText'
import classes from './Results.module.css'
import { type CatalogueSearch, changeFilters, countFilters } from './search'
import { useTexts } from './texts'

// They are on the first screen of a phone or of a desk.
const FIRST_ROW = 4

type ResultsProps = { search: CatalogueSearch; page: UseQueryResult<ProductPage> }

/** The products of a search, or the reason why there are none and a way out. */
export function Results({ search, page }: ResultsProps) {
  const texts = useTexts()
  const fieldText = useFieldText()
  const { data } = page
  if (page.isError && (data === undefined || page.isPlaceholderData)) {
    const { error } = page
    if (!isStatus(error, 400, 422)) {
      return <LoadError error={error} onRetry={() => void page.refetch()} />
    }
    return (
      <Nothing title={texts.refused} lead={Object.values(error.fields).map(fieldText).join(' ')}>
        <ClearButton search={search} />
      </Nothing>
    )
  }
  if (data === undefined) return <ProductGridSkeleton size={PAGE_SIZE} />
  if (data.products.length === 0) return <Empty search={search} total={data.total} />
  return (
    <>
      {/* Other results are other cards: those that moved to other places would be layout shifts. */}
      <ProductGrid
        key={data.products.map(({ id }) => id).join(' ')}
        isOutdated={page.isPlaceholderData}
      >
        {data.products.map((product, index) => (
          <ProductCard key={product.id} product={product} heading="h2" eager={index < FIRST_ROW} />
        ))}
      </ProductGrid>
      <PageLinks search={search} last={Math.ceil(data.total / PAGE_SIZE)} />
    </>
  )
}

function Empty({ search, total }: { search: CatalogueSearch; total: number }) {
  const texts = useTexts()
  if (total > 0) {
    return (
      <Nothing title={texts.beyond}>
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link to="/products" search={changeFilters(search, {})} {...props} />
          )}
        >
          {texts.firstPage}
        </Button>
      </Nothing>
    )
  }
  if (search.q === undefined && countFilters(search) === 0) return <Nothing title={texts.noneYet} />
  return (
    <Nothing title={texts.none} lead={texts.noneLead}>
      <ClearButton search={search} />
    </Nothing>
  )
}

function ClearButton({ search: { sort } }: { search: CatalogueSearch }) {
  const texts = useTexts()
  return (
    <Button
      variant="default"
      renderRoot={(props) => <Link to="/products" search={{ sort }} {...props} />}
    >
      {texts.clearFilters}
    </Button>
  )
}

type NothingProps = { title: string; lead?: string; children?: ReactNode }

function Nothing({ title, lead, children }: NothingProps) {
  return (
    <div className={classes.nothing}>
      <SearchIcon size={32} />
      <h2 className={classes.title}>{title}</h2>
      {lead !== undefined && <p className={classes.lead}>{lead}</p>}
      {children}
    </div>
  )
}
