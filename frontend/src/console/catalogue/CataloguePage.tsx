import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { FilterSelect, FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { PRODUCT_COLUMNS } from './columns'
import { type CatalogueSearch, LOW_STOCKS, PRODUCT_STATUSES, productsQuery } from './queries'
import { texts } from './texts'

const FROM = '/console/catalogue'
const { filters } = texts

/** The page of all products with their stock. */
export function CataloguePage() {
  const search = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  const importRefusal = useRefusal('admin')
  const show = (next: CatalogueSearch, isNextPage = false) =>
    void navigate({
      search: next,
      replace: !isNextPage,
      state: isNextPage ? { hasEarlierPage: true } : {},
    })
  const filter = (change: CatalogueSearch) => show({ ...search, ...change, cursor: undefined })
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
          onChange={(q) => filter({ q })}
        />
      }
      filters={<OtherFilters search={search} onChange={filter} />}
      columns={PRODUCT_COLUMNS}
      query={productsQuery(search)}
      search={search}
      onSearch={show}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => String(id)}
      nameOf={({ name }) => name}
      onOpen={({ id }) =>
        void navigate({ to: '/console/catalogue/$id', params: { id: String(id) } })
      }
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
