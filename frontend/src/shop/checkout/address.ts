import type { FieldProblem, Profile, UserView } from '../../api/types'

/** An address as it is typed. `country` is an ISO code, or what the profile has. */
export type Address = {
  firstName: string
  lastName: string
  line1: string
  line2: string
  postalCode: string
  city: string
  state: string
  country: string
}

export type AddressField = keyof Address
/** The problem of each wrong field. */
export type AddressErrors = Partial<Record<AddressField, FieldProblem>>

const MISSING: FieldProblem = { field: '', message: '', code: 'required' }

/** The countries that the shop delivers to. */
export const COUNTRIES: readonly string[] = [
  'AT',
  'AU',
  'BE',
  'CA',
  'CH',
  'CZ',
  'DE',
  'DK',
  'ES',
  'FI',
  'FR',
  'GB',
  'IE',
  'IT',
  'JP',
  'LU',
  'MX',
  'NL',
  'NO',
  'NZ',
  'PL',
  'PT',
  'SE',
  'US',
]

// Ireland has addresses without a postal code; the state belongs to an address in these only.
const OPTIONAL: readonly AddressField[] = ['line2', 'state']
const WITHOUT_POSTAL_CODE = new Set(['IE'])
const WITH_STATE = new Set(['US', 'CA', 'AU', 'MX'])

export const EMPTY_ADDRESS: Address = {
  firstName: '',
  lastName: '',
  line1: '',
  line2: '',
  postalCode: '',
  city: '',
  state: '',
  country: '',
}

/** The names of the fields in the profile. */
const PROFILE_FIELDS = {
  firstName: 'firstName',
  lastName: 'lastName',
  line1: 'addressLine1',
  line2: 'addressLine2',
  postalCode: 'postalCode',
  city: 'city',
  state: 'state',
  country: 'country',
} as const satisfies Record<AddressField, keyof Profile>

export const ADDRESS_FIELDS: readonly AddressField[] = [
  'firstName',
  'lastName',
  'line1',
  'line2',
  'postalCode',
  'city',
  'state',
  'country',
]

/** Return the address of a profile; its country as a code, where the name is known. */
export function addressOf(user: UserView): Address {
  const address = { ...EMPTY_ADDRESS }
  for (const field of ADDRESS_FIELDS) address[field] = user[PROFILE_FIELDS[field]]
  return { ...address, country: countryCode(address.country) }
}

/** Return the profile that has this address. */
export function profileOf(address: Address): Profile {
  const trimmed = trimAddress(address)
  return Object.fromEntries(ADDRESS_FIELDS.map((field) => [PROFILE_FIELDS[field], trimmed[field]]))
}

/** Return the problems of a profile's fields under the names of the address's. */
export function errorsOfProfile(fields: Readonly<Record<string, FieldProblem>>): AddressErrors {
  return Object.fromEntries(
    ADDRESS_FIELDS.flatMap((field) => {
      const problem = fields[PROFILE_FIELDS[field]]
      return problem === undefined ? [] : [[field, problem]]
    }),
  )
}

/** Return whether the state is a part of addresses in a country. */
export function hasState(country: string): boolean {
  return WITH_STATE.has(country)
}

/** Return the fields that are missing. */
export function findMissing(address: Address): AddressErrors {
  const optional = WITHOUT_POSTAL_CODE.has(address.country) ? [...OPTIONAL, 'postalCode'] : OPTIONAL
  return Object.fromEntries(
    ADDRESS_FIELDS.filter((field) => address[field].trim() === '' && !optional.includes(field)).map(
      (field) => [field, MISSING],
    ),
  )
}

/** Return whether two addresses are written the same. */
export function isSameAddress(one: Address, other: Address): boolean {
  return ADDRESS_FIELDS.every((field) => one[field].trim() === other[field].trim())
}

/** Return the lines of an address, as they stand on a parcel. */
export function writeAddress(address: Address): string {
  const { firstName, lastName, line1, line2, postalCode, city, state, country } =
    trimAddress(address)
  const place = hasState(country)
    ? [[city, state].filter(Boolean).join(', '), postalCode]
    : [postalCode, city]
  const lines = [
    [firstName, lastName].filter(Boolean).join(' '),
    line1,
    line2,
    place.filter(Boolean).join(' '),
    countryName(country, 'en'),
  ]
  return lines.filter(Boolean).join('\n')
}

/** Return the name of a country in a language; a name stays as it is. */
export function countryName(country: string, language: string): string {
  if (!/^[A-Z]{2}$/.test(country)) return country
  return new Intl.DisplayNames(language, { type: 'region' }).of(country) ?? country
}

/** Return the codes of the countries in the order of their names, with the one that is chosen. */
export function sortCountries(language: string, chosen: string): string[] {
  const codes = chosen === '' || COUNTRIES.includes(chosen) ? COUNTRIES : [...COUNTRIES, chosen]
  const { compare } = new Intl.Collator(language)
  return codes.toSorted((one, other) =>
    compare(countryName(one, language), countryName(other, language)),
  )
}

function countryCode(country: string): string {
  const written = country.trim()
  if (/^[A-Za-z]{2}$/.test(written)) return written.toUpperCase()
  const isNamed = (code: string) =>
    ['en', 'es'].some(
      (language) => countryName(code, language).toLowerCase() === written.toLowerCase(),
    )
  return COUNTRIES.find(isNamed) ?? written
}

function trimAddress(address: Address): Address {
  const trimmed = { ...address }
  for (const field of ADDRESS_FIELDS) trimmed[field] = address[field].trim()
  return trimmed
}
