import { Link, useSearch } from '@tanstack/react-router'
import type { BulkAction, BulkResultView, BulkView } from '../../api/types'
import { useLiveQuery } from '../live/polled'
import { ErrorCell } from '../parts/ErrorCell'
import { ExecutionLink } from '../parts/ExecutionLink'
import { Copyable } from '../parts/Copyable'
import { ShortId } from '../parts/Id'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import { DataTable } from '../table/DataTable'
import { ListState } from '../table/ListState'
import { Pager } from '../table/Pager'
import { Tabs } from '../table/Tabs'
import { useListSearch } from '../table/useListSearch'
import classes from './Bulk.module.css'
import { RESULT_KINDS, RESULT_STATES, resultsQuery } from './queries'
import { texts } from './texts'

const { results } = texts
const TABS = [
  { label: results.all, search: {} },
  ...RESULT_STATES.map((state) => ({ label: results[state], search: { state } })),
]

/** The results of a job's rows, page by page. */
export function JobResults({ job }: { job: BulkView }) {
  const { search, show } = useListSearch(useSearch({ from: '/console/bulk/$id' }))
  const list = useLiveQuery(resultsQuery(job.id, search))
  const rows = list.data?.items ?? []
  return (
    <section className={classes.results}>
      <h2>{results.title}</h2>
      <Tabs label={results.label} tabs={TABS} search={search} onSearch={show} />
      <ListState
        isPending={list.isPending}
        error={list.error}
        onRetry={() => void list.refetch()}
        isEmpty={rows.length === 0}
        isFiltered={search.state !== undefined}
        emptyLead={results.empty}
      >
        <DataTable
          caption={results.caption}
          columns={columnsOf(job)}
          rows={rows}
          idOf={({ id }) => id}
          nameOf={({ id }) => id}
          isStale={list.isPlaceholderData}
        />
        <Pager
          shown={rows.length}
          cursor={search.cursor}
          next={list.data?.next ?? null}
          onGo={(cursor) => show({ ...search, cursor }, cursor !== undefined)}
        />
      </ListState>
    </section>
  )
}

function columnsOf({ action, filters }: BulkView) {
  const machine = typeof filters.machine === 'string' ? filters.machine : undefined
  return [
    {
      key: 'row',
      label: results.row,
      render: ({ id }: BulkResultView) => <RowLink action={action} machine={machine} id={id} />,
    },
    {
      key: 'state',
      label: results.result,
      render: ({ state }: BulkResultView) => (
        <StateLabel kind={RESULT_KINDS[state]} state={results[state].toLowerCase()} />
      ),
    },
    {
      key: 'error',
      label: results.error,
      render: ({ error }: BulkResultView) => <ErrorCell error={error} />,
    },
    {
      key: 'at',
      label: results.at,
      render: ({ at }: BulkResultView) => (at === null ? texts.none : <Time at={at} />),
    },
  ]
}

type RowLinkProps = { action: BulkAction; machine: string | undefined; id: string }

function RowLink({ action, machine, id }: RowLinkProps) {
  if (machine !== undefined && action === 'machines.signal') {
    return <ExecutionLink machine={machine} id={id} />
  }
  const to = action === 'signals.replay' ? '/console/signals/$id' : '/console/activities/$id'
  return (
    <Copyable text={id}>
      <Link to={to} params={{ id }}>
        <ShortId id={id} />
      </Link>
    </Copyable>
  )
}
