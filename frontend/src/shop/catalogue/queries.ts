import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import { BROUGHT_AT, broughtAnswer, call, callForReply } from '../../api/client'
import type { Operations, ProductView } from '../../api/types'
import type { CatalogueSearch } from './search'

export const PAGE_SIZE = 12
const FEATURED_TAG = 'featured'
const NEWEST = { sort: '-createdAt', size: 8 } as const
const FEATURED = { ...NEWEST, tag: FEATURED_TAG } as const
const RELATED_SIZE = 5

export type ProductQuery = NonNullable<Operations['GET /product']['query']>

/** One page of the products that match a search, with the number of all that match. */
export type ProductPage = { products: ProductView[]; total: number }

async function fetchPage(query: ProductQuery, signal: AbortSignal): Promise<ProductPage> {
  const { data, headers } = await callForReply('GET /product', { query, signal })
  return { products: data, total: Number(headers.get('X-Total-Count') ?? data.length) }
}

function broughtPage(query: ProductQuery): ProductPage | undefined {
  const answer = broughtAnswer('GET /product', { query })
  return answer && { products: answer.data, total: answer.total ?? answer.data.length }
}

function pageQuery(query: ProductQuery) {
  return queryOptions({
    queryKey: ['products', query],
    queryFn: ({ signal }) => fetchPage(query, signal),
    initialData: () => broughtPage(query),
    initialDataUpdatedAt: BROUGHT_AT,
  })
}

/** The page of the catalogue that the filters in the URL select. */
export function catalogueQuery(search: CatalogueSearch) {
  return queryOptions({
    ...pageQuery({ ...search, size: PAGE_SIZE }),
    placeholderData: keepPreviousData,
  })
}

/** The products that staff have tagged as featured, or else the newest ones. */
export const featuredQuery = queryOptions({
  queryKey: ['products', FEATURED_TAG],
  queryFn: async ({ signal }) => {
    const tagged = await fetchPage(FEATURED, signal)
    return tagged.total > 0 ? tagged : fetchPage(NEWEST, signal)
  },
  initialData: () => {
    const tagged = broughtPage(FEATURED)
    return tagged !== undefined && tagged.total > 0 ? tagged : undefined
  },
  initialDataUpdatedAt: BROUGHT_AT,
})

/** Products of a category, one more than is shown: the product itself is left out. */
export function relatedQuery(category: string) {
  return pageQuery({ category, size: RELATED_SIZE })
}

export const categoriesQuery = queryOptions({
  queryKey: ['categories'],
  queryFn: ({ signal }) => call('GET /product/categories', { signal }),
  initialData: () => broughtAnswer('GET /product/categories')?.data,
  initialDataUpdatedAt: BROUGHT_AT,
  staleTime: 5 * 60_000,
})

export function productQuery(id: number) {
  return queryOptions({
    queryKey: ['product', id],
    queryFn: ({ signal }) => call('GET /product/{productId}', { path: { productId: id }, signal }),
    initialData: () => broughtAnswer('GET /product/{productId}', { path: { productId: id } })?.data,
    initialDataUpdatedAt: BROUGHT_AT,
  })
}

/** Return a product as one of the loaded lists has it. */
export function findListedProduct(client: QueryClient, id: number): ProductView | undefined {
  return client
    .getQueriesData<ProductPage>({ queryKey: ['products'] })
    .flatMap(([, page]) => page?.products ?? [])
    .find((product) => product.id === id)
}

/** Return the id that a URL has, or null for anything that can be no id. */
export function readProductId(text: string): number | null {
  const id = /^[1-9][0-9]{0,15}$/.test(text) ? Number(text) : 0
  return id > 0 && id <= Number.MAX_SAFE_INTEGER ? id : null
}
