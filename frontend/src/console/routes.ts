import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { requireSession, root } from '../root'
import { loadCode } from '../ui/pageCode'
import { FrameSkeleton } from './frame/FrameSkeleton'
import { EXECUTION_SEARCH, textSearch } from './search'

/**
 * The routes of the operations console. Their pages are loaded when they are opened; this file is
 * part of the shop's first load and stays small.
 */
const frame = createRoute({
  getParentRoute: () => root,
  path: '/console',
  beforeLoad: requireSession,
  // The app shows the same until the operator is known.
  pendingComponent: FrameSkeleton,
  pendingMs: 0,
  pendingMinMs: 0,
  component: lazyRouteComponent(() => loadCode(import('./frame/ConsoleApp')), 'ConsoleApp'),
  notFoundComponent: lazyRouteComponent(() => loadCode(import('./frame/NoSuchPage')), 'NoSuchPage'),
})

const loadOperations = () => loadCode(import('./operations'))
const loadShop = () => loadCode(import('./shop'))

const overview = createRoute({
  getParentRoute: () => frame,
  path: '/',
  component: lazyRouteComponent(loadOperations, 'OverviewPage'),
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

const execution = createRoute({
  getParentRoute: () => frame,
  path: 'executions/$machine/$id',
  validateSearch: textSearch(...EXECUTION_SEARCH),
  component: lazyRouteComponent(
    () => loadCode(import('./execution/ExecutionPage')),
    'ExecutionPage',
  ),
})

const machines = createRoute({
  getParentRoute: () => frame,
  path: 'machines',
  validateSearch: textSearch('machine'),
  component: lazyRouteComponent(() => loadCode(import('./machines/MachinesPage')), 'MachinesPage'),
})

const people = createRoute({
  getParentRoute: () => frame,
  path: 'people',
  validateSearch: textSearch('q', 'role', 'status', 'cursor'),
  component: lazyRouteComponent(loadShop, 'PeoplePage'),
})

const person = createRoute({
  getParentRoute: () => frame,
  path: 'people/$id',
  component: lazyRouteComponent(loadShop, 'PersonPage'),
})

const audit = createRoute({
  getParentRoute: () => frame,
  path: 'audit',
  validateSearch: textSearch('actor', 'action', 'subject', 'since', 'until', 'cursor'),
  component: lazyRouteComponent(loadShop, 'AuditPage'),
})

const activities = createRoute({
  getParentRoute: () => frame,
  path: 'activities',
  validateSearch: textSearch(
    'state',
    'name',
    'machine',
    'subject',
    'error',
    'maybeSent',
    'givingUp',
    'cursor',
  ),
  component: lazyRouteComponent(loadOperations, 'ActivitiesPage'),
})

const activity = createRoute({
  getParentRoute: () => frame,
  path: 'activities/$id',
  component: lazyRouteComponent(loadOperations, 'ActivityPage'),
})

const signals = createRoute({
  getParentRoute: () => frame,
  path: 'signals',
  validateSearch: textSearch('state', 'source', 'kind', 'subject', 'cursor'),
  component: lazyRouteComponent(loadOperations, 'SignalsPage'),
})

const signal = createRoute({
  getParentRoute: () => frame,
  path: 'signals/$id',
  component: lazyRouteComponent(loadOperations, 'SignalPage'),
})

const notices = createRoute({
  getParentRoute: () => frame,
  path: 'notices',
  validateSearch: textSearch('kind', 'open', 'cursor'),
  component: lazyRouteComponent(loadOperations, 'NoticesPage'),
})

const logins = createRoute({
  getParentRoute: () => frame,
  path: 'logins',
  validateSearch: textSearch('state', 'email', 'cursor'),
  component: lazyRouteComponent(loadOperations, 'LoginsPage'),
})

const bulk = createRoute({
  getParentRoute: () => frame,
  path: 'bulk',
  validateSearch: textSearch('cursor'),
  component: lazyRouteComponent(loadOperations, 'BulkPage'),
})

const job = createRoute({
  getParentRoute: () => frame,
  path: 'bulk/$id',
  validateSearch: textSearch('state', 'cursor'),
  component: lazyRouteComponent(loadOperations, 'JobPage'),
})

const controls = createRoute({
  getParentRoute: () => frame,
  path: 'controls',
  validateSearch: textSearch('pause'),
  component: lazyRouteComponent(loadOperations, 'ControlsPage'),
})

const catalogue = createRoute({
  getParentRoute: () => frame,
  path: 'catalogue',
  validateSearch: textSearch('q', 'status', 'category', 'low', 'cursor'),
  component: lazyRouteComponent(loadShop, 'CataloguePage'),
})

const newProduct = createRoute({
  getParentRoute: () => frame,
  path: 'catalogue/new',
  component: lazyRouteComponent(loadShop, 'NewProductPage'),
})

const productImport = createRoute({
  getParentRoute: () => frame,
  path: 'catalogue/import',
  component: lazyRouteComponent(loadShop, 'ImportPage'),
})

const product = createRoute({
  getParentRoute: () => frame,
  path: 'catalogue/$id',
  validateSearch: textSearch('cursor'),
  component: lazyRouteComponent(loadShop, 'ProductPage'),
})

const settings = createRoute({
  getParentRoute: () => frame,
  path: 'settings',
  validateSearch: textSearch('q', 'source'),
  component: lazyRouteComponent(loadShop, 'SettingsPage'),
})

export const consoleTree = frame.addChildren([
  overview,
  executions,
  execution,
  activities,
  activity,
  signals,
  signal,
  notices,
  logins,
  bulk,
  job,
  controls,
  machines,
  people,
  person,
  audit,
  catalogue,
  newProduct,
  productImport,
  product,
  settings,
])
