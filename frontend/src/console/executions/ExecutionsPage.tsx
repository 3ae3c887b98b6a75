import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ExecutionView } from '../../api/types'
import { useLiveQuery } from '../live/polled'
import { Button } from '../parts/Button'
import { ConsolePage } from '../parts/ConsolePage'
import { copyText } from '../parts/copyText'
import { executionPath } from '../parts/ExecutionLink'
import { JsonView } from '../parts/JsonView'
import { ColumnsMenu } from '../table/ColumnsMenu'
import { useColumns } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { filtersText, isFiltered } from '../table/filters'
import { ListState } from '../table/ListState'
import { Pager } from '../table/Pager'
import { SavedViews } from '../table/SavedViews'
import { useSelection } from '../table/selection'
import { SelectionBar } from '../table/SelectionBar'
import { EXECUTION_COLUMNS } from './columns'
import { ExecutionFilters } from './ExecutionFilters'
import { executionsQuery } from './queries'
import { texts } from './texts'

const LIST = 'executions'
const FROM = '/console/executions'

/** The page of the executions of all machines. */
export function ExecutionsPage() {
  const search = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  const columns = useColumns(LIST, EXECUTION_COLUMNS)
  const selection = useSelection(filtersText(search))
  const list = useLiveQuery(executionsQuery(search), { isHeld: !selection.isEmpty })
  const rows = list.data?.items ?? []
  const change = (changed: typeof search) =>
    navigate({ search: (old) => ({ ...old, ...changed, cursor: undefined }), replace: true })
  return (
    <ConsolePage
      title={texts.title}
      actions={
        <>
          <SavedViews
            list={LIST}
            current={{ search, columns: columns.keys }}
            onOpen={(view) => {
              columns.show(view.columns)
              void navigate({ search: view.search })
            }}
          />
          <ColumnsMenu columns={columns} />
        </>
      }
    >
      <ExecutionFilters
        search={search}
        onChange={(changed) => void change(changed)}
        onClear={() => void navigate({ search: {} })}
      />
      <SelectionBar selection={selection}>
        <Button onClick={() => void copyText([...selection.ids].join('\n'))}>
          {texts.copyIds}
        </Button>
      </SelectionBar>
      <ListState
        isPending={list.isPending}
        error={list.error}
        onRetry={() => void list.refetch()}
        isEmpty={rows.length === 0}
        isFiltered={isFiltered(search)}
        emptyLead={texts.emptyLead}
      >
        <DataTable<ExecutionView>
          caption={texts.caption}
          columns={columns.shown}
          rows={rows}
          idOf={({ id }) => id}
          nameOf={({ key }) => key}
          onOpen={({ machine, id }) => void navigate({ to: executionPath(machine, id) })}
          selection={selection}
          renderDetails={(row) => (
            <JsonView value={row} fileName={`${row.machine}-${row.id}.json`} />
          )}
          sort={{
            value: search.sort ?? 'newest',
            onChange: (sort) => void change({ sort }),
          }}
          isStale={list.isPlaceholderData}
        />
        <Pager
          shown={rows.length}
          count={list.data?.count}
          cursor={search.cursor}
          next={list.data?.next ?? null}
          onGo={(cursor) =>
            void navigate({
              search: (old) => ({ ...old, cursor }),
              state: cursor === undefined ? {} : { hasEarlierPage: true },
            })
          }
        />
      </ListState>
    </ConsolePage>
  )
}
