import { expect, test } from 'vitest'
import { changeFilters, countFilters, readAmount, readCatalogueSearch } from './search'

test('filters are read from the URL', () => {
  const search = { q: 'lamp', category: 'Lighting', minPrice: 10, sort: '-price', page: 3 }
  expect(readCatalogueSearch(search)).toEqual(search)
})

test('an edited URL with nonsense still shows the catalogue', () => {
  const search = { q: { a: 1 }, minPrice: 'x', maxPrice: -4, sort: 'secret', page: -2, other: 1 }
  expect(readCatalogueSearch(search)).toEqual({})
})

test('a changed filter leads back to the first page', () => {
  const search = { q: 'lamp', category: 'Lighting', page: 3 }
  expect(changeFilters(search, { category: undefined })).toEqual({ q: 'lamp' })
  expect(changeFilters(search, { page: 2 })).toEqual({ ...search, page: 2 })
})

test('a price range is one filter, and words are none', () => {
  expect(countFilters({ q: 'lamp', sort: 'price', page: 2 })).toBe(0)
  expect(countFilters({ category: 'Audio', minPrice: 0, maxPrice: 9, available: true })).toBe(3)
})

test('amounts are read in the notations that people write', () => {
  expect(readAmount(' 12.50 ')).toBe(12.5)
  expect(readAmount('12,5')).toBe(12.5)
  expect(readAmount('12.')).toBe(12)
  for (const typed of ['', '-1', '1e3', '12.505', '1.000,00', 'x']) {
    expect(readAmount(typed)).toBeUndefined()
  }
})
