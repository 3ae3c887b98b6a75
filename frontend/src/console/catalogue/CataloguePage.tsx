import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { FilterSelect, FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { useListSearch } from '../table/useListSearch'
import { PRODUCT_COLUMNS } from './columns'
import { type CatalogueSearch, LOW_STOCKS, PRODUCT_STATUSES, productsQuery } from './queries'
import { texts } from './texts'

const { filters } = texts

/** The page of all products with their stock. */
export function CataloguePage() {
  const place = useListSearch(useSearch({ from: '/console/catalogue' }))
  const { search, change } = place
  const navigate = useNavigate()
  const importRefusal = useRefusal('admin')
  return (
    <ListPage
      list="catalogue"
      title={texts.title}
      lead={texts.lead}
      actions={
        <>
          <Button kind="primary" onClick={() => void navigate({ to: '/console/catalogue/new' })}>
            {texts.add}
          </Button>
          <Button
            refusal={importRefusal}
            onClick={() => void navigate({ to: '/console/catalogue/import' })}
          >
            {texts.import}
          </Button>
        </>
      }
      caption={texts.caption}
      searchField={
        <FilterText
          isSearch
          label={filters.q}
          placeholder={filters.qHint}
          value={search.q}
          onChange={(q) => change({ q })}
        />
      }
      filters={<OtherFilters search={search} onChange={change} />}
      columns={PRODUCT_COLUMNS}
      query={productsQuery(search)}
      place={place}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => String(id)}
      nameOf={({ name }) => name}
      pathOf={({ id }) => `/console/catalogue/${id}`}
    />
  )
}

type OtherFiltersProps = {
  search: CatalogueSearch
  onChange: (change: CatalogueSearch) => void
}

function OtherFilters({ search, onChange }: OtherFiltersProps) {
  return (
    <>
      <FilterSelect
        label={filters.status}
        value={search.status}
        choices={PRODUCT_STATUSES.map((value) => ({ value }))}
        onChange={(status) => onChange({ status })}
      />
      <FilterSelect
        label={filters.low}
        value={search.low}
        choices={LOW_STOCKS.map((value) => ({
          value,
          label: value === '0' ? filters.soldOut : filters.atMost(value),
        }))}
        onChange={(low) => onChange({ low })}
      />
      <FilterText
        label={filters.category}
        value={search.category}
        onChange={(category) => onChange({ category })}
      />
    </>
  )
}
