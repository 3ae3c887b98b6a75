import type { QueryClient } from '@tanstack/react-query'
import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { consoleTree } from './console/routes'
import { requireSession, root } from './root'
import { CataloguePage } from './shop/catalogue/CataloguePage'
import {
  catalogueQuery,
  categoriesQuery,
  featuredQuery,
  productQuery,
  readProductId,
} from './shop/catalogue/queries'
import { type CatalogueSearch, readCatalogueSearch } from './shop/catalogue/search'
import { readCheckoutSearch } from './shop/checkout/search'
import { RouteError } from './shop/errors/RouteError'
import { MembersArea } from './shop/frame/MembersArea'
import { HomePage } from './shop/home/HomePage'
import { readOrdersSearch } from './shop/orders/search'
import { ProductPage } from './shop/product/ProductPage'
import { galleryQuery } from './shop/product/gallery'
import { readSignInSearch } from './shop/sign-in/search'
import { loadCode } from './ui/pageCode'
import { PageSkeleton } from './ui/PageSkeleton'
import { strictSearch } from './ui/strictSearch'

// The pages that visitors see first belong to the first load: a file of their own would cost them a
// round trip. Loaders only begin to fetch: pages have skeletons, and links that are pointed at are fetched.
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(featuredQuery)
    void queryClient.prefetchQuery(categoriesQuery)
  },
  component: HomePage,
})

const catalogue = createRoute({
  getParentRoute: () => root,
  path: '/products',
  validateSearch: strictSearch<CatalogueSearch>(readCatalogueSearch),
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queryClient }, deps }) => {
    void queryClient.prefetchQuery(catalogueQuery(deps))
    void queryClient.prefetchQuery(categoriesQuery)
  },
  component: CataloguePage,
})

const product = createRoute({
  getParentRoute: () => root,
  path: '/products/$id',
  loader: ({ context: { queryClient }, params }) => {
    const id = readProductId(params.id)
    if (id !== null) void queryClient.prefetchQuery(productQuery(id))
    void queryClient.prefetchQuery(galleryQuery)
  },
  component: ProductPage,
})

const cart = createRoute({
  getParentRoute: () => root,
  path: '/cart',
  component: lazyRouteComponent(() => loadCode(import('./shop/cart/CartPage')), 'CartPage'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: strictSearch(readSignInSearch),
  component: lazyRouteComponent(() => loadCode(import('./shop/sign-in/SignInPage')), 'SignInPage'),
})

/** Routes that need a session: others are led to the sign-in page, and back afterwards. */
const members = createRoute({
  getParentRoute: () => root,
  id: 'members',
  component: MembersArea,
  beforeLoad: requireSession,
})

const checkout = createRoute({
  getParentRoute: () => members,
  path: '/checkout',
  validateSearch: strictSearch(readCheckoutSearch),
  component: lazyRouteComponent(
    () => loadCode(import('./shop/checkout/CheckoutPage')),
    'CheckoutPage',
  ),
})

const orders = createRoute({
  getParentRoute: () => members,
  path: '/orders',
  validateSearch: strictSearch(readOrdersSearch),
  component: lazyRouteComponent(() => loadCode(import('./shop/orders/OrdersPage')), 'OrdersPage'),
})

const order = createRoute({
  getParentRoute: () => members,
  path: '/orders/$reference',
  component: lazyRouteComponent(() => loadCode(import('./shop/orders/OrderPage')), 'OrderPage'),
})

const receipt = createRoute({
  getParentRoute: () => members,
  path: '/orders/$reference/receipt',
  component: lazyRouteComponent(() => loadCode(import('./shop/orders/ReceiptPage')), 'ReceiptPage'),
})

const account = createRoute({
  getParentRoute: () => members,
  path: '/account',
  component: lazyRouteComponent(
    () => loadCode(import('./shop/account/AccountPage')),
    'AccountPage',
  ),
})

const goodbye = createRoute({
  getParentRoute: () => root,
  path: '/goodbye',
  component: lazyRouteComponent(
    () => loadCode(import('./shop/account/GoodbyePage')),
    'GoodbyePage',
  ),
})

const about = createRoute({
  getParentRoute: () => root,
  path: '/about',
  component: lazyRouteComponent(() => loadCode(import('./shop/legal/AboutPage')), 'AboutPage'),
})

const terms = createRoute({
  getParentRoute: () => root,
  path: '/terms',
  component: lazyRouteComponent(() => loadCode(import('./shop/legal/TermsPage')), 'TermsPage'),
})

const privacy = createRoute({
  getParentRoute: () => root,
  path: '/privacy',
  component: lazyRouteComponent(() => loadCode(import('./shop/legal/PrivacyPage')), 'PrivacyPage'),
})

const tree = root.addChildren([
  home,
  catalogue,
  product,
  cart,
  signIn,
  goodbye,
  about,
  terms,
  privacy,
  consoleTree,
  members.addChildren([checkout, orders, order, receipt, account]),
])

/** Create the router of the web app. */
export function createShopRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPendingComponent: PageSkeleton,
    defaultErrorComponent: RouteError,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createShopRouter>
  }
  interface HistoryState {
    /** The sign-in page is opened because the session has ended. */
    sessionEnded?: boolean
  }
}
