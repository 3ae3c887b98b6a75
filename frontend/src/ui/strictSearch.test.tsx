import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from '@tanstack/react-router'
import { expect, test } from 'vitest'
import { readSignInSearch } from '../shop/sign-in/search'
import { strictSearch } from './strictSearch'

/** Return what a page gets of an address. */
async function searchAt(address: string) {
  const root = createRootRoute()
  const page = createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    validateSearch: strictSearch(readSignInSearch),
  })
  const history = createMemoryHistory({ initialEntries: [address] })
  const router = createRouter({ routeTree: root.addChildren([page]), history })
  await router.load()
  return router.state.matches.at(-1)?.search
}

test('a value that the reader refuses does not come back from the address', async () => {
  expect(await searchAt('/sign-in?next=//evil.example&other=1')).toEqual({})
})

test('a value that the reader accepts is there', async () => {
  expect(await searchAt('/sign-in?next=/orders')).toEqual({ next: '/orders' })
})
