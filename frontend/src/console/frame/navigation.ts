import type { LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { FlowIcon, ListIcon } from '../parts/icons'
import type { texts } from './texts'

export type NavigationItem = {
  to: NonNullable<LinkProps['to']>
  label: string
  group: keyof typeof texts.groups
  /** The keys that lead there, one after the other. */
  keys: string
  Icon: (props: { size?: number }) => ReactNode
}

/** The pages of the console, as the side navigation, the palette and the keyboard offer them. */
export const NAVIGATION: readonly NavigationItem[] = [
  { to: '/console/executions', label: 'Executions', group: 'work', keys: 'g e', Icon: ListIcon },
  { to: '/console/machines', label: 'Machines', group: 'system', keys: 'g m', Icon: FlowIcon },
]
