import { useSearch } from '@tanstack/react-router'
import { JsonView } from '../parts/JsonView'
import { FilterText } from '../table/FilterBar'
import { FilterDate } from '../table/FilterDate'
import { ListPage } from '../table/ListPage'
import { useListSearch } from '../table/useListSearch'
import { AUDIT_COLUMNS } from './columns'
import { ExportButton } from './ExportButton'
import { ACTION_GROUPS, type AuditSearch, auditQuery } from './queries'
import { texts } from './texts'

const { filters } = texts

/** The page of what people changed by hand, and of what they were refused. */
export function AuditPage() {
  const place = useListSearch(useSearch({ from: '/console/audit' }))
  const { search, change } = place
  return (
    <ListPage
      list="audit"
      title={texts.title}
      lead={texts.lead}
      actions={<ExportButton search={search} />}
      caption={texts.caption}
      searchField={
        <FilterText
          isSearch
          label={filters.actor}
          placeholder={filters.actorHint}
          value={search.actor}
          onChange={(actor) => change({ actor })}
        />
      }
      filters={<OtherFilters search={search} onChange={change} />}
      columns={AUDIT_COLUMNS}
      query={auditQuery(search)}
      place={place}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ action, subject }) => `${action} ${subject ?? ''}`}
      renderDetails={(entry) => <JsonView value={entry} fileName={`audit-${entry.id}.json`} />}
    />
  )
}

type FiltersProps = { search: AuditSearch; onChange: (changes: AuditSearch) => void }

function OtherFilters({ search, onChange }: FiltersProps) {
  return (
    <>
      <FilterText
        label={filters.action}
        value={search.action}
        suggestions={ACTION_GROUPS}
        onChange={(action) => onChange({ action })}
      />
      <FilterText
        label={filters.subject}
        value={search.subject}
        onChange={(subject) => onChange({ subject })}
      />
      <FilterDate
        label={filters.since}
        value={search.since}
        onChange={(since) => onChange({ since })}
      />
      <FilterDate
        label={filters.until}
        value={search.until}
        onChange={(until) => onChange({ until })}
      />
    </>
  )
}
