import { expect, test } from 'vitest'
import { listPictures, readIndex } from './gallery'

const index = readIndex({ lamp: ['lamp.svg', 'lamp-2.svg'], bad: '../x', worse: ['../../x.svg'] })

test('a product has the pictures that the index has of it, its own first', () => {
  const folder = 'https://shop.example/static/products/'
  expect(listPictures(`${folder}lamp.svg`, index)).toEqual([
    `${folder}lamp.svg`,
    `${folder}lamp-2.svg`,
  ])
  expect(listPictures(`${folder}pen.svg`, index)).toEqual([`${folder}pen.svg`])
})

test('a picture that lies elsewhere is the only one', () => {
  const elsewhere = 'https://pictures.example/lamp.svg'
  expect(listPictures(elsewhere, index)).toEqual([elsewhere])
  expect(listPictures('', index)).toEqual([''])
})

test('names that are no files of the folder are left out', () => {
  expect(Object.keys(index)).toEqual(['lamp'])
  expect(readIndex(null)).toEqual({})
})
