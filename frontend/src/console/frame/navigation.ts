import type { LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import {
  BellIcon,
  BoltIcon,
  BookIcon,
  BoxIcon,
  CogIcon,
  FlowIcon,
  GaugeIcon,
  InboxIcon,
  KeyIcon,
  LayersIcon,
  ListIcon,
  PeopleIcon,
  SlidersIcon,
} from '../parts/icons'
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
  { to: '/console', label: 'Overview', group: 'work', keys: 'g o', Icon: GaugeIcon },
  { to: '/console/executions', label: 'Executions', group: 'work', keys: 'g e', Icon: ListIcon },
  { to: '/console/activities', label: 'Activities', group: 'work', keys: 'g a', Icon: BoltIcon },
  { to: '/console/signals', label: 'Signals', group: 'work', keys: 'g s', Icon: InboxIcon },
  { to: '/console/notices', label: 'Notices', group: 'work', keys: 'g n', Icon: BellIcon },
  { to: '/console/logins', label: 'Logins', group: 'work', keys: 'g l', Icon: KeyIcon },
  { to: '/console/bulk', label: 'Bulk jobs', group: 'work', keys: 'g b', Icon: LayersIcon },
  { to: '/console/catalogue', label: 'Catalogue', group: 'shop', keys: 'g k', Icon: BoxIcon },
  { to: '/console/people', label: 'People', group: 'shop', keys: 'g p', Icon: PeopleIcon },
  { to: '/console/controls', label: 'Controls', group: 'system', keys: 'g c', Icon: SlidersIcon },
  { to: '/console/machines', label: 'Machines', group: 'system', keys: 'g m', Icon: FlowIcon },
  { to: '/console/audit', label: 'Audit', group: 'system', keys: 'g u', Icon: BookIcon },
  { to: '/console/settings', label: 'Settings', group: 'system', keys: 'g t', Icon: CogIcon },
]
