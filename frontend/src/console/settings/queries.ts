import type { SettingView } from '../../api/types'
import { polledQuery } from '../live/polled'
import type { TextSearch } from '../search'

export type SettingsSearch = TextSearch<'q' | 'source'>
export const SOURCES = ['environment', 'default'] as const

/** The query of the settings. */
export const settingsQuery = polledQuery('settings', 'GET /admin/settings', {})

/** Return the settings that match the filters. All of them are on the page: nothing is fetched. */
export function filterSettings(
  settings: readonly SettingView[],
  { q = '', source }: SettingsSearch,
): readonly SettingView[] {
  const words = q.toLowerCase().trim()
  return settings.filter(
    (setting) =>
      (source === undefined || setting.source === source) &&
      `${setting.name} ${setting.value ?? ''}`.toLowerCase().includes(words),
  )
}
