import { expect, test } from 'vitest'
import { readFigures } from './figures'
import { texts } from './texts'

test('typed figures become a limit; empty ones limit nothing', () => {
  expect(readFigures({ perSecond: ' 2.5 ', burst: '', atOnce: '4' })).toEqual({
    limit: { perSecond: 2.5, burst: null, atOnce: 4 },
    errors: {},
  })
})

test('what is no number is named at its field', () => {
  expect(readFigures({ perSecond: 'many', burst: '-1', atOnce: '4' }).errors).toEqual({
    perSecond: texts.limitDialog.figure,
    burst: texts.limitDialog.figure,
  })
})

test('a limit without any figure is refused', () => {
  expect(readFigures({ perSecond: '', burst: '5', atOnce: ' ' }).errors).toEqual({
    perSecond: texts.limitDialog.one,
  })
})
