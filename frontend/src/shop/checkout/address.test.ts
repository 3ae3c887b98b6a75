import { expect, test } from 'vitest'
import type { FieldProblem, UserView } from '../../api/types'
import {
  addressOf,
  EMPTY_ADDRESS,
  errorsOfProfile,
  findMissing,
  profileOf,
  sortCountries,
  writeAddress,
} from './address'

const user: UserView = {
  id: 'u1',
  email: 'ann@example.com',
  username: 'ann',
  firstName: 'Ann',
  lastName: 'Lee',
  addressLine1: 'Calle Mayor 1',
  addressLine2: '',
  city: 'Madrid',
  state: '',
  postalCode: '28013',
  country: 'Spain',
  phoneNumber: '',
  roles: [],
  status: 'Active',
  createdAt: '',
  updatedAt: '',
}

test('the address of the profile is taken over, its country by name or code', () => {
  expect(addressOf(user).country).toBe('ES')
  expect(addressOf({ ...user, country: 'españa' }).country).toBe('ES')
  expect(addressOf({ ...user, country: 'gb' }).country).toBe('GB')
  expect(addressOf({ ...user, country: 'Narnia' }).country).toBe('Narnia')
})

test('the address is saved under the names of the profile', () => {
  expect(profileOf(addressOf(user))).toMatchObject({ addressLine1: 'Calle Mayor 1', country: 'ES' })
  const problem: FieldProblem = { field: 'addressLine1', message: 'too long', code: 'tooLong' }
  expect(errorsOfProfile({ addressLine1: problem, email: problem })).toEqual({ line1: problem })
})

test('an address is written as the country writes it', () => {
  expect(writeAddress(addressOf(user))).toBe('Ann Lee\nCalle Mayor 1\n28013 Madrid\nSpain')
  const american = { ...addressOf(user), city: 'Austin', state: 'TX', postalCode: '73301' }
  expect(writeAddress({ ...american, country: 'US' })).toBe(
    'Ann Lee\nCalle Mayor 1\nAustin, TX 73301\nUnited States',
  )
})

test('missing fields are found, but not those that an address may lack', () => {
  expect(Object.keys(findMissing(EMPTY_ADDRESS))).toEqual([
    'firstName',
    'lastName',
    'line1',
    'postalCode',
    'city',
    'country',
  ])
  expect(findMissing({ ...addressOf(user), country: 'IE', postalCode: '' })).toEqual({})
})

test('countries are sorted by their names in the language, with the one of the profile', () => {
  expect(sortCountries('es', '')[0]).toBe('DE')
  expect(sortCountries('en', '')[0]).toBe('AU')
  expect(sortCountries('en', 'Narnia')).toContain('Narnia')
})
