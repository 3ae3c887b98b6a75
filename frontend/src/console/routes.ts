import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { requireSession, root } from '../root'
import { loadCode } from '../ui/pageCode'
import { textSearch } from './search'

/**
 * The routes of the operations console. Their pages are loaded when they are opened; this file is
 * part of the shop's first load and stays small.
 */
const frame = createRoute({
  getParentRoute: () => root,
  path: '/console',
  beforeLoad: requireSession,
  pendingComponent: () => null,
  component: lazyRouteComponent(() => loadCode(import('./frame/ConsoleApp')), 'ConsoleApp'),
  notFoundComponent: lazyRouteComponent(() => loadCode(import('./frame/NoSuchPage')), 'NoSuchPage'),
})

const start = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/console/executions', replace: true })
  },
})

const executions = createRoute({
  getParentRoute: () => frame,
  path: 'executions',
  validateSearch: textSearch(
    'machine',
    'state',
    'key',
    'olderThan',
    'stuck',
    'waitingFor',
    'failedActivity',
    'q',
    'sort',
    'cursor',
  ),
  component: lazyRouteComponent(
    () => loadCode(import('./executions/ExecutionsPage')),
    'ExecutionsPage',
  ),
})

const machines = createRoute({
  getParentRoute: () => frame,
  path: 'machines',
  validateSearch: textSearch('machine'),
  component: lazyRouteComponent(() => loadCode(import('./machines/MachinesPage')), 'MachinesPage'),
})

export const consoleTree = frame.addChildren([start, executions, machines])
