import { useNavigate, useSearch } from '@tanstack/react-router'
import { ListPage } from '../table/ListPage'
import { BULK_COLUMNS } from './columns'
import { jobsQuery } from './queries'
import { texts } from './texts'

const FROM = '/console/bulk'

/** The page of the bulk jobs. */
export function BulkPage() {
  const search = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  return (
    <ListPage
      list="bulk"
      title={texts.title}
      lead={texts.lead}
      caption={texts.caption}
      columns={BULK_COLUMNS}
      query={jobsQuery(search)}
      search={search}
      onSearch={(next, isNextPage) =>
        void navigate({ search: next, state: isNextPage ? { hasEarlierPage: true } : {} })
      }
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ action }) => texts.actions[action]}
      onOpen={({ id }) => void navigate({ to: '/console/bulk/$id', params: { id } })}
    />
  )
}
