import type { QueryKey, UseQueryOptions } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLiveQuery } from '../live/polled'
import { ConsolePage } from '../parts/ConsolePage'
import type { Bounded } from '../parts/Count'
import { ColumnsMenu } from './ColumnsMenu'
import { type Column, useColumns } from './columns'
import { DataTable } from './DataTable'
import { FilterBar } from './FilterBar'
import { fieldProblems, FilterProblems } from './FilterProblems'
import { filtersText, isFiltered, type ListSearch } from './filters'
import { ListState } from './ListState'
import { Pager } from './Pager'
import { SavedViews } from './SavedViews'
import { type Selection, useSelection } from './selection'
import type { ListPlace } from './useListSearch'
import { SelectionBar } from './SelectionBar'

type RowPage<Row> = { items: readonly Row[]; next: string | null; count?: Bounded | null }

type ListPageProps<Row, Answer, Key extends QueryKey> = {
  /** The name under which the browser remembers columns and views. */
  list: string
  title: string
  lead?: ReactNode
  /** Controls beside the heading, before those of the list. */
  actions?: ReactNode
  caption: string
  /** Filters that are used often, as tabs. */
  tabs?: ReactNode
  /** The filter that the key / focuses. */
  searchField?: ReactNode
  filters?: ReactNode
  columns: readonly Column<Row>[]
  query: UseQueryOptions<Answer, Error, RowPage<Row>, Key>
  place: ListPlace<ListSearch>
  emptyLead: ReactNode
  idOf: (row: Row) => string
  nameOf: (row: Row) => string
  /** The path of a row's own page. */
  pathOf?: (row: Row) => string
  sort?: { value: string; onChange: (value: string) => void }
  renderDetails?: (row: Row) => ReactNode
  /** Actions on selected rows; without them rows cannot be selected. */
  renderActions?: (selection: Selection, rows: readonly Row[]) => ReactNode
}

/** A page with a list: tabs, filters, views, columns, a selection, and the rows page by page. */
export function ListPage<Row, Answer, Key extends QueryKey>(
  props: ListPageProps<Row, Answer, Key>,
) {
  const { place, renderActions, filters, pathOf } = props
  const { search, show } = place
  const { history } = useRouter()
  const columns = useColumns(props.list, props.columns)
  const selection = useSelection(filtersText(search))
  const { data, error, refetch, ...list } = useLiveQuery(props.query, {
    isHeld: !selection.isEmpty,
  })
  const problems = fieldProblems(error)
  const rows = problems.length > 0 ? [] : (data?.items ?? [])
  const count = data?.count ?? undefined
  const clear = () => show({})
  return (
    <ConsolePage
      title={props.title}
      lead={props.lead}
      actions={
        <>
          {props.actions}
          <SavedViews
            list={props.list}
            current={{ search, columns: columns.keys }}
            onOpen={(view) => {
              columns.show(view.columns)
              show(view.search)
            }}
          />
          <ColumnsMenu columns={columns} />
        </>
      }
    >
      {props.tabs}
      {filters !== undefined && (
        <FilterBar search={props.searchField} isFiltered={isFiltered(search)} onClear={clear}>
          {filters}
        </FilterBar>
      )}
      {renderActions && (
        <SelectionBar selection={selection} count={count}>
          {renderActions(selection, rows)}
        </SelectionBar>
      )}
      <FilterProblems problems={problems} onClear={clear} />
      {problems.length === 0 && (
        <ListState
          isPending={list.isPending}
          error={error}
          onRetry={() => void refetch()}
          isEmpty={rows.length === 0 && (data?.next ?? null) === null}
          isFiltered={isFiltered(search)}
          emptyLead={props.emptyLead}
        >
          <DataTable<Row>
            caption={props.caption}
            columns={columns.shown}
            rows={rows}
            idOf={props.idOf}
            nameOf={props.nameOf}
            onOpen={pathOf && ((row) => history.push(pathOf(row)))}
            selection={renderActions && selection}
            renderDetails={props.renderDetails}
            sort={props.sort}
            isStale={list.isPlaceholderData}
          />
          <Pager
            shown={rows.length}
            count={count}
            cursor={search.cursor}
            next={data?.next ?? null}
            onGo={(cursor) => show({ ...search, cursor }, cursor !== undefined)}
          />
        </ListState>
      )}
    </ConsolePage>
  )
}
