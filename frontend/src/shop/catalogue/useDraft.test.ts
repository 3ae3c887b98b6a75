import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useDraft } from './useDraft'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function pass(milliseconds: number) {
  act(() => {
    vi.advanceTimersByTime(milliseconds)
  })
}

function renderDraft(value: string, delay: number | null) {
  const commits: string[] = []
  const commit = (text: string) => commits.push(text)
  const view = renderHook((props: { value: string }) => useDraft(props.value, commit, delay), {
    initialProps: { value },
  })
  return { ...view, commits }
}

test('a text takes effect once, after the last change', () => {
  const { result, commits } = renderDraft('', 250)
  act(() => result.current.edit('la'))
  pass(200)
  act(() => result.current.edit('lamp '))
  pass(250)
  expect(commits).toEqual(['lamp'])
  expect(result.current.text).toBe('lamp ')
})

test('what is typed while the earlier text takes effect is kept', () => {
  const { result, commits, rerender } = renderDraft('', 250)
  act(() => result.current.edit('la'))
  pass(250)
  act(() => result.current.edit('lamp'))
  rerender({ value: 'la' })
  expect(result.current.text).toBe('lamp')
  pass(250)
  expect(commits).toEqual(['la', 'lamp'])
})

test('a value from elsewhere replaces the text and what was about to take effect', () => {
  const { result, commits, rerender } = renderDraft('lamp', 250)
  act(() => result.current.edit('lamps'))
  rerender({ value: '' })
  pass(250)
  expect(result.current.text).toBe('')
  expect(commits).toEqual([])
})

test('without a delay a text takes effect when it is flushed', () => {
  const { result, commits } = renderDraft('', null)
  act(() => result.current.edit('lamp'))
  pass(10_000)
  expect(commits).toEqual([])
  act(() => result.current.flush())
  expect(commits).toEqual(['lamp'])
})
