import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { announce } from '../../ui/Announcer'
import { showKeyHelp } from '../keyboard/bindings'
import { useKeys } from '../keyboard/useKeys'
import { consoleKey } from '../live/keys'
import { readStatus, setPaused } from '../live/live'
import { NAVIGATION } from './navigation'
import { texts } from './texts'

/** Give the keys of every page their meaning: search, refresh, pause, help, places. */
export function useFrameKeys(openPalette: () => void): void {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const { keyLabels } = texts
  useKeys([
    { keys: 'Mod+k', label: texts.search, run: openPalette },
    { keys: '/', label: keyLabels.filter, run: () => focusFilter() || openPalette() },
    {
      keys: 'r',
      label: keyLabels.refresh,
      run: () => {
        announce(keyLabels.refreshed)
        void queryClient.invalidateQueries({ queryKey: consoleKey() })
      },
    },
    { keys: 'p', label: keyLabels.pause, run: () => setPaused(readStatus() === 'live') },
    { keys: '?', label: texts.keys, run: showKeyHelp },
    ...NAVIGATION.map(({ keys, label, to }) => ({
      keys,
      label: keyLabels.go(label),
      run: () => void navigate({ to }),
    })),
  ])
}

/** Focus the page's own search field. Returns whether it has one. */
function focusFilter(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]')
  field?.focus()
  field?.select()
  return field !== null
}
