import { useNavigate, useSearch } from '@tanstack/react-router'
import type { SettingsView } from '../../api/types'
import { StateBadge } from '../../ui/StateBadge'
import { useRefusal } from '../frame/me'
import { useLiveQuery } from '../live/polled'
import { ConsolePage, Panel } from '../parts/ConsolePage'
import { Fact, Facts } from '../parts/Facts'
import { DataTable } from '../table/DataTable'
import { FilterBar, FilterSelect, FilterText } from '../table/FilterBar'
import { isFiltered } from '../table/filters'
import { ListState } from '../table/ListState'
import { SETTING_COLUMNS } from './columns'
import { filterSettings, settingsQuery, SOURCES } from './queries'
import classes from './Settings.module.css'
import { texts } from './texts'

const EVERY_MS = 30_000

/** The page of the settings, for admins. */
export function SettingsPage() {
  const refusal = useRefusal('admin')
  return refusal === null ? (
    <AdminSettings />
  ) : (
    <ConsolePage title={texts.title} lead={refusal}>
      {null}
    </ConsolePage>
  )
}

function AdminSettings() {
  const { data, error, isPending, refetch } = useLiveQuery(settingsQuery, { everyMs: EVERY_MS })
  return (
    <ConsolePage title={texts.title} lead={texts.lead}>
      <ListState
        isPending={isPending}
        error={error}
        onRetry={() => void refetch()}
        isEmpty={data === undefined}
        isFiltered={false}
      >
        {data && (
          <>
            <Versions view={data} />
            <SettingsTable view={data} />
          </>
        )}
      </ListState>
    </ConsolePage>
  )
}

function Versions({ view }: { view: SettingsView }) {
  const { current, expected, isCurrent } = view.migrations
  return (
    <div className={classes.top}>
      <Panel title={texts.versions}>
        <Facts>
          <Fact name={texts.environment}>{view.environment}</Fact>
          {view.versions.map(({ name, version }) => (
            <Fact key={name} name={name}>
              <span className="tabular">{version}</span>
            </Fact>
          ))}
        </Facts>
      </Panel>
      <Panel title={texts.database}>
        <Facts>
          <Fact name={texts.current}>
            <code>{current ?? texts.unknown}</code>
          </Fact>
          <Fact name={texts.expected}>
            <code>{expected ?? texts.unknown}</code>
          </Fact>
        </Facts>
        <p className={classes.note}>
          <StateBadge tone={isCurrent ? 'good' : 'failed'}>
            {isCurrent ? texts.isCurrent : texts.isBehind}
          </StateBadge>
        </p>
      </Panel>
    </div>
  )
}

function SettingsTable({ view }: { view: SettingsView }) {
  const from = '/console/settings'
  const search = useSearch({ from })
  const navigate = useNavigate({ from })
  const rows = filterSettings(view.settings, search)
  const { filters } = texts
  const change = (changes: typeof search) =>
    void navigate({ search: (old) => ({ ...old, ...changes }), replace: true })
  return (
    <>
      <FilterBar
        search={
          <FilterText
            isSearch
            label={filters.q}
            placeholder={filters.qHint}
            value={search.q}
            onChange={(q) => change({ q })}
          />
        }
        isFiltered={isFiltered(search)}
        onClear={() => void navigate({ search: {}, replace: true })}
      >
        <FilterSelect
          label={filters.source}
          value={search.source}
          choices={SOURCES.map((value) => ({ value }))}
          onChange={(source) => change({ source })}
        />
      </FilterBar>
      <ListState
        isPending={false}
        error={null}
        onRetry={() => undefined}
        isEmpty={rows.length === 0}
        isFiltered
      >
        <DataTable
          caption={texts.settings}
          columns={SETTING_COLUMNS}
          rows={rows}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
        />
        <p role="status">{texts.shown(rows.length, view.settings.length)}</p>
      </ListState>
    </>
  )
}
