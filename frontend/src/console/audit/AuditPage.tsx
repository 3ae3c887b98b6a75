import { useNavigate, useSearch } from '@tanstack/react-router'
import { JsonView } from '../parts/JsonView'
import { FilterText } from '../table/FilterBar'
import { FilterDate } from '../table/FilterDate'
import { ListPage } from '../table/ListPage'
import { AUDIT_COLUMNS } from './columns'
import { ExportButton } from './ExportButton'
import { ACTION_GROUPS, type AuditSearch, auditQuery } from './queries'
import { texts } from './texts'

const FROM = '/console/audit'

/** The page of what people changed by hand, and of what they were refused. */
export function AuditPage() {
  const search = useSearch({ from: FROM })
  const navigate = useNavigate({ from: FROM })
  const show = (next: AuditSearch, isNextPage = false) =>
    void navigate({
      search: next,
      replace: !isNextPage,
      state: isNextPage ? { hasEarlierPage: true } : {},
    })
  return (
    <ListPage
      list="audit"
      title={texts.title}
      lead={texts.lead}
      actions={<ExportButton search={search} />}
      caption={texts.caption}
      searchField={<ActorFilter search={search} onSearch={show} />}
      filters={<OtherFilters search={search} onSearch={show} />}
      columns={AUDIT_COLUMNS}
      query={auditQuery(search)}
      search={search}
      onSearch={show}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ action, subject }) => `${action} ${subject ?? ''}`}
      renderDetails={(entry) => <JsonView value={entry} fileName={`audit-${entry.id}.json`} />}
    />
  )
}

type FiltersProps = { search: AuditSearch; onSearch: (search: AuditSearch) => void }

function ActorFilter({ search, onSearch }: FiltersProps) {
  const { filters } = texts
  return (
    <FilterText
      isSearch
      label={filters.actor}
      placeholder={filters.actorHint}
      value={search.actor}
      onChange={(actor) => onSearch({ ...search, actor, cursor: undefined })}
    />
  )
}

function OtherFilters({ search, onSearch }: FiltersProps) {
  const { filters } = texts
  const change = (changes: AuditSearch) => onSearch({ ...search, ...changes, cursor: undefined })
  return (
    <>
      <FilterText
        label={filters.action}
        value={search.action}
        suggestions={ACTION_GROUPS}
        onChange={(action) => change({ action })}
      />
      <FilterText
        label={filters.subject}
        value={search.subject}
        onChange={(subject) => change({ subject })}
      />
      <FilterDate
        label={filters.since}
        value={search.since}
        onChange={(since) => change({ since })}
      />
      <FilterDate
        label={filters.until}
        value={search.until}
        onChange={(until) => change({ until })}
      />
    </>
  )
}
