export const SORTS = ['name', '-name', 'price', '-price', '-createdAt'] as const
export type CatalogueSort = (typeof SORTS)[number]

/** The filters of the catalogue, as they stand in the URL. */
export type CatalogueSearch = {
  q?: string
  category?: string
  minPrice?: number
  maxPrice?: number
  available?: boolean
  sort?: CatalogueSort
  page?: number
}

/** Read the filters from a URL. Values that make no sense are left out. */
export function readCatalogueSearch(search: Record<string, unknown>): CatalogueSearch {
  const q = text(search.q)
  const category = text(search.category)
  const minPrice = number(search.minPrice)
  const maxPrice = number(search.maxPrice)
  const sort = SORTS.find((each) => each === search.sort)
  const page = number(search.page)
  return {
    ...(q !== undefined && { q }),
    ...(category !== undefined && { category }),
    ...(minPrice !== undefined && { minPrice }),
    ...(maxPrice !== undefined && { maxPrice }),
    ...(search.available === true && { available: true }),
    ...(sort !== undefined && { sort }),
    ...(page !== undefined && Number.isInteger(page) && page > 1 && { page }),
  }
}

function text(value: unknown): string | undefined {
  const written = typeof value === 'number' ? String(value) : value
  return typeof written === 'string' && written !== '' ? written.slice(0, 200) : undefined
}

function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof parsed === 'number' && parsed >= 0 && parsed <= 1e9 ? parsed : undefined
}

/** Return the filters after a change, which leads back to the first page. */
export function changeFilters(search: CatalogueSearch, change: CatalogueSearch): CatalogueSearch {
  return { ...search, page: undefined, ...change }
}

/** Return the number of filters in use, without the words that are searched for. */
export function countFilters({ category, minPrice, maxPrice, available }: CatalogueSearch): number {
  const hasPrice = minPrice !== undefined || maxPrice !== undefined
  return Number(category !== undefined) + Number(hasPrice) + Number(available === true)
}

/** Return an amount that a person has typed, in any notation; undefined when it is none. */
export function readAmount(typed: string): number | undefined {
  const amount = typed.trim().replace(',', '.')
  return /^\d{1,9}(\.\d{0,2})?$/.test(amount) ? Number(amount) : undefined
}
