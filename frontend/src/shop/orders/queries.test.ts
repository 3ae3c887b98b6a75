import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { orderQuery, storeLatest } from './queries'

test('an older answer that comes later does not undo what the page was told', async () => {
  const client = new QueryClient()
  const { queryKey } = orderQuery('mine')
  await storeLatest(client, queryKey, 'older')
  const late = Promise.withResolvers<string>()
  // As after the press of a button, which asks for the order as it is now.
  const read = client.fetchQuery({
    queryKey: [...queryKey],
    queryFn: () => late.promise,
    staleTime: 0,
  })
  await storeLatest(client, queryKey, 'newer')
  late.resolve('older')
  await read
  expect(client.getQueryData([...queryKey])).toBe('newer')
})
