import { useSearch } from '@tanstack/react-router'
import { BulkButton } from '../bulk/BulkButton'
import { oneOf } from '../search'
import { FilterSelect, FilterText } from '../table/FilterBar'
import { ListPage } from '../table/ListPage'
import { useListSearch } from '../table/useListSearch'
import type { Selection } from '../table/selection'
import { Tabs } from '../table/Tabs'
import { SIGNAL_COLUMNS } from './columns'
import { REPLAYABLE, type SignalSearch, signalsQuery, SOURCES } from './queries'
import { SignalDetails } from './SignalDetails'
import { texts } from './texts'

const { tabs, filters } = texts
const TABS = [
  { label: tabs.all, search: {} },
  { label: tabs.unmatched, search: { state: 'unmatched' } },
  { label: tabs.failed, search: { state: 'failed' } },
  { label: tabs.stored, search: { state: 'stored' } },
  { label: tabs.applied, search: { state: 'applied' } },
  { label: tabs.ignored, search: { state: 'ignored' } },
]

/** The page of the inbox: the events of providers. */
export function SignalsPage() {
  const place = useListSearch(useSearch({ from: '/console/signals' }))
  const { search, show, change } = place
  return (
    <ListPage
      list="signals"
      title={texts.title}
      lead={texts.lead}
      caption={texts.caption}
      tabs={<Tabs label={tabs.label} tabs={TABS} search={search} onSearch={show} />}
      searchField={
        <FilterText
          isSearch
          label={filters.kind}
          placeholder={`${filters.kind}, ${filters.kindHint}`}
          value={search.kind}
          onChange={(kind) => change({ kind })}
        />
      }
      filters={
        <>
          <FilterSelect
            label={filters.source}
            value={search.source}
            choices={SOURCES.map((value) => ({ value }))}
            onChange={(source) => change({ source })}
          />
          <FilterText
            label={filters.subject}
            placeholder={filters.subjectHint}
            value={search.subject}
            onChange={(subject) => change({ subject })}
          />
        </>
      }
      columns={SIGNAL_COLUMNS}
      query={signalsQuery(search)}
      place={place}
      emptyLead={texts.emptyLead}
      idOf={({ id }) => id}
      nameOf={({ kind }) => kind}
      pathOf={({ id }) => `/console/signals/${id}`}
      renderDetails={(signal) => <SignalDetails signal={signal} />}
      renderActions={(selection) => <SignalBulk selection={selection} search={search} />}
    />
  )
}

/** The bulk job over the selected signals, or over all that match. */
function SignalBulk({ selection, search }: { selection: Selection; search: SignalSearch }) {
  const { source, kind, subject } = search
  const state = oneOf(search.state, REPLAYABLE)
  const filter = selection.isAll ? { state, source, kind, subject } : { state }
  return (
    <BulkButton
      refusal={state === undefined ? texts.bulk.needsState : null}
      request={{
        action: 'signals.replay',
        filter,
        ...(selection.isAll ? {} : { ids: [...selection.ids] }),
      }}
      onBegun={selection.clear}
    >
      {texts.bulk.replay}
    </BulkButton>
  )
}
