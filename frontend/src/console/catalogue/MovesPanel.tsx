import { useNavigate, useSearch } from '@tanstack/react-router'
import type { MoveView } from '../../api/types'
import { Named } from '../audit/Named'
import { actorPath } from '../audit/subjects'
import { useLiveQuery } from '../live/polled'
import { Panel } from '../parts/ConsolePage'
import { executionPath } from '../parts/ExecutionLink'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { ListState } from '../table/ListState'
import { Pager } from '../table/Pager'
import classes from './Catalogue.module.css'
import { movesQuery } from './queries'
import { texts } from './texts'

const { moves: words, none } = texts
const FROM = '/console/catalogue/$id'

/** What changed the pieces of a product, newest first: orders, and corrections with reasons. */
export function MovesPanel({ productId }: { productId: number }) {
  const { cursor } = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  const list = useLiveQuery(movesQuery(productId, cursor))
  const rows = list.data?.items ?? []
  return (
    <Panel title={words.title}>
      <ListState
        isPending={list.isPending}
        error={list.error}
        onRetry={() => void list.refetch()}
        isEmpty={rows.length === 0}
        isFiltered={false}
        emptyLead={words.empty}
      >
        <div className={classes.rows}>
          <DataTable
            caption={words.title}
            columns={COLUMNS}
            rows={rows}
            idOf={({ at, kind, orderId }) => `${at} ${kind} ${orderId ?? ''}`}
            nameOf={({ kind }) => words.kinds[kind]}
            isStale={list.isPlaceholderData}
          />
          <Pager
            shown={rows.length}
            cursor={cursor}
            next={list.data?.next ?? null}
            onGo={(next) =>
              void navigate({
                search: { cursor: next },
                state: next === undefined ? {} : { hasEarlierPage: true },
              })
            }
          />
        </div>
      </ListState>
    </Panel>
  )
}

const COLUMNS: readonly Column<MoveView>[] = [
  { key: 'at', label: words.at, render: ({ at }) => <Time at={at} /> },
  { key: 'kind', label: words.kind, render: ({ kind }) => words.kinds[kind] },
  {
    key: 'stock',
    label: words.stock,
    align: 'end',
    render: ({ stock }) => <Difference pieces={stock} />,
  },
  {
    key: 'reserved',
    label: words.reserved,
    align: 'end',
    render: ({ reserved }) => <Difference pieces={reserved} isPlain />,
  },
  {
    key: 'after',
    label: words.after,
    align: 'end',
    render: ({ after }) => <span className="tabular">{after ?? none}</span>,
  },
  { key: 'by', label: words.by, render: (move) => <By move={move} /> },
  { key: 'reason', label: words.reason, render: ({ reason }) => reason ?? none },
]

function Difference({ pieces, isPlain = false }: { pieces: number; isPlain?: boolean }) {
  if (pieces === 0) return none
  const tone = pieces > 0 ? classes.plus : classes.minus
  return (
    <span className="tabular">
      <span className={isPlain ? undefined : tone}>
        {pieces > 0 ? `+${pieces}` : `−${-pieces}`}
      </span>
    </span>
  )
}

/** The order or the person that moved the pieces. */
function By({ move: { orderId, reference, actor, actorEmail } }: { move: MoveView }) {
  if (orderId !== null) {
    return <Named path={executionPath('order', orderId)} name={reference ?? orderId} />
  }
  return actor === null ? none : <Named path={actorPath(actor)} name={actor} words={actorEmail} />
}
