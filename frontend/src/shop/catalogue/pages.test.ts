import { expect, test } from 'vitest'
import { listPages } from './pages'

test('a few pages are all linked', () => {
  expect(listPages(1, 3)).toEqual([1, 2, 3])
  expect(listPages(1, 1)).toEqual([1])
  expect(listPages(1, 0)).toEqual([])
})

test('of many pages, the first, the last and the neighbours are linked', () => {
  expect(listPages(5, 9)).toEqual([1, 'gap', 4, 5, 6, 'gap', 9])
  expect(listPages(1, 9)).toEqual([1, 2, 'gap', 9])
})

test('a gap stands for more than one page', () => {
  expect(listPages(4, 9)).toEqual([1, 2, 3, 4, 5, 'gap', 9])
})
