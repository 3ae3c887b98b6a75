import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { NAVIGATION } from '../frame/navigation'
import { texts as frameTexts } from '../frame/texts'
import { showKeyHelp } from '../keyboard/bindings'
import { readStatus, setPaused } from '../live/live'
import { LISTS, STOPS } from './lists'
import { matches } from './matches'
import { texts } from './texts'

const stops = new Set(STOPS.map(({ path }) => path))

/** A line of the palette. */
export type PaletteItem = {
  id: string
  title: string
  subtitle?: string
  /** What the line is: its group's name, or the kind of thing that was found. */
  kind: string
  keys?: string
  run: () => void
}

/** Return the places and actions that match a query. */
export function usePaletteItems(query: string): PaletteItem[] {
  const navigate = useNavigate()
  const { history } = useRouter()
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light') === 'dark'
  const isLive = readStatus() === 'live'
  const places = NAVIGATION.map(({ to, label, keys }): PaletteItem => ({
    id: to,
    title: label,
    kind: texts.goTo,
    keys,
    run: () => void navigate({ to }),
  }))
  const actions: PaletteItem[] = [
    {
      id: 'pause',
      title: isLive ? texts.pause : texts.resume,
      kind: texts.action,
      keys: 'p',
      run: () => setPaused(isLive),
    },
    {
      id: 'scheme',
      title: isDark ? frameTexts.light : frameTexts.dark,
      kind: texts.action,
      run: () => setColorScheme(isDark ? 'light' : 'dark'),
    },
    { id: 'keys', title: frameTexts.keys, kind: texts.action, keys: '?', run: showKeyHelp },
  ]
  const lists = query.trim() === '' ? [] : [...LISTS, ...STOPS]
  return [
    ...[...places, ...actions].filter(({ title, kind }) => matches(query, `${kind} ${title}`)),
    ...lists
      .filter(({ title, words = '' }) => matches(query.trim(), `${title} ${words}`))
      .map(({ title, path }) => ({
        id: path,
        title,
        kind: stops.has(path) ? texts.action : texts.list,
        run: () => history.push(path),
      })),
  ]
}
