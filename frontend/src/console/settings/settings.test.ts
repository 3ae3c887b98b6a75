import { expect, test } from 'vitest'
import type { SettingView } from '../../api/types'
import { filterSettings } from './queries'

const setting = (name: string, value: string | null): SettingView => ({
  name,
  value,
  default: null,
  isSecret: value === null,
  isSet: true,
  source: value === null ? 'environment' : 'default',
})
const ALL = [setting('LOGIN_LIMIT', '10/minute'), setting('STRIPE_SECRET_KEY', null)]

test('settings are searched by name and by value', () => {
  expect(filterSettings(ALL, { q: 'login' })).toEqual([ALL[0]])
  expect(filterSettings(ALL, { q: '/MINUTE' })).toEqual([ALL[0]])
  expect(filterSettings(ALL, { q: 'nothing' })).toEqual([])
})

test('settings are filtered by their source; nothing is of an unknown one', () => {
  expect(filterSettings(ALL, { source: 'environment' })).toEqual([ALL[1]])
  expect(filterSettings(ALL, { source: 'moon' })).toEqual([])
})
