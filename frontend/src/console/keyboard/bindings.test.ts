import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addBindings, press } from './bindings'

const run = { go: vi.fn<() => void>(), list: vi.fn<() => void>(), later: vi.fn<() => void>() }
let remove: (() => void)[] = []

beforeEach(() => {
  vi.clearAllMocks()
  remove = [
    addBindings([
      { keys: 'g e', label: 'Go', run: run.go },
      { keys: 'e', label: 'Expand', run: run.list },
    ]),
  ]
})
afterEach(() => {
  for (const each of remove) each()
})

test('a sequence is one command', () => {
  press('g', 10_000)
  press('e', 10_200)
  expect(run.go).toHaveBeenCalledOnce()
  expect(run.list).not.toHaveBeenCalled()
})

test('keys that come late are no sequence', () => {
  press('g', 20_000)
  press('e', 30_000)
  expect(run.go).not.toHaveBeenCalled()
  expect(run.list).toHaveBeenCalledOnce()
})

test('the newest meaning of a key wins, as long as it is there', () => {
  const end = addBindings([{ keys: 'e', label: 'Later', run: run.later }])
  press('e', 40_000)
  end()
  press('e', 50_000)
  expect(run.later).toHaveBeenCalledOnce()
  expect(run.list).toHaveBeenCalledOnce()
})

test('other keys are left to the browser', () => {
  expect(press('q', 60_000)).toBe(false)
})
