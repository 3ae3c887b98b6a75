import { render } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { ApiError } from '../api/problem'
import type { FieldProblem } from '../api/types'
import { createFormat } from './i18n/format'
import { setLanguage } from './i18n/language'
import { useProblemTexts } from './problemTexts'
import { useFieldText, useRefusalText } from './useErrorText'

const PARAMETERS = {
  min: 2,
  max: 9,
  left: 3,
  product: 'Lamp',
  character: 'U+200B',
  amount: 0.5,
  currency: 'usd',
}

afterEach(() => setLanguage('en'))

/** Return what a hook gives in a language. */
function read<Value>(language: 'en' | 'es', useValue: () => Value): Value {
  setLanguage(language)
  const values: Value[] = []
  function Reader() {
    values.push(useValue())
    return null
  }
  render(<Reader />)
  const [value] = values
  if (value === undefined) throw new Error('The hook gave nothing')
  return value
}

/** Return all words for codes, with their parameters filled in. */
function wordsOf(language: 'en' | 'es'): Map<string, string> {
  const texts = read(language, useProblemTexts)
  const format = createFormat(language)
  const fields = Object.entries(texts.fields).map(([code, text]) => [
    `field ${code}`,
    text(PARAMETERS, format),
  ])
  const kinds = Object.entries(texts.kinds).map(([kind, text]) => [`kind ${kind}`, text])
  const declines = Object.entries(texts.declines).map(([code, text]) => [`decline ${code}`, text])
  return new Map([...fields, ...kinds, ...declines].map(([code = '', text = '']) => [code, text]))
}

test('each code of the server has words of its own in both languages', () => {
  const [english, spanish] = [wordsOf('en'), wordsOf('es')]
  expect([...spanish.keys()]).toEqual([...english.keys()])
  for (const [code, words] of spanish) {
    expect(words).not.toMatch(/undefined|NaN|^$/)
    expect(english.get(code)).not.toMatch(/undefined|NaN|^$/)
    expect(words).not.toBe(english.get(code))
  }
})

test("a code without words has the server's sentence in English, and none of it in Spanish", () => {
  const unknown: FieldProblem = { field: 'x', message: 'must be even', code: 'invalid' }
  expect(read('en', useFieldText)(unknown)).toBe('must be even')
  expect(read('es', useFieldText)(unknown)).toBe('La tienda no acepta este valor.')
  const refused = new ApiError(409, { detail: 'The moon is full' })
  expect(read('en', useRefusalText)(refused)).toBe('The moon is full')
  expect(read('es', useRefusalText)(refused)).toBe('La tienda no ha aceptado la petición.')
})
