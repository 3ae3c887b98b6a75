import { expect, test } from 'vitest'
import { readCatalogueSearch } from './search'

test('filters are read from the URL', () => {
  const search = { q: 'lamp', category: 'Lighting', minPrice: 10, sort: '-price', page: 3 }
  expect(readCatalogueSearch(search)).toEqual(search)
})

test('an edited URL with nonsense still shows the catalogue', () => {
  const search = { q: { a: 1 }, minPrice: 'x', maxPrice: -4, sort: 'secret', page: -2, other: 1 }
  expect(readCatalogueSearch(search)).toEqual({})
})
