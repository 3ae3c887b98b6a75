import { InputBase, TextInput } from '@mantine/core'
import type { FieldProblem } from '../../api/types'
import { useLanguage } from '../../ui/i18n/language'
import { ChevronDownIcon } from '../../ui/icons'
import { useFieldText } from '../../ui/useErrorText'
import {
  type Address,
  type AddressErrors,
  type AddressField,
  countryName,
  hasState,
  sortCountries,
} from './address'
import classes from './Checkout.module.css'
import { useCheckoutTexts } from './texts'

type AddressFieldsProps = {
  /** The section of the autocomplete tokens, and the start of the ids. */
  section: 'shipping' | 'billing'
  address: Address
  errors: AddressErrors
  onChange: (address: Address) => void
}

const AUTOCOMPLETE = {
  firstName: 'given-name',
  lastName: 'family-name',
  line1: 'address-line1',
  line2: 'address-line2',
  postalCode: 'postal-code',
  city: 'address-level2',
  state: 'address-level1',
  country: 'country',
} as const satisfies Record<AddressField, string>

const MAX_LENGTHS = {
  firstName: 100,
  lastName: 100,
  line1: 200,
  line2: 200,
  postalCode: 20,
  city: 100,
  state: 100,
  country: 100,
} as const satisfies Record<AddressField, number>

/** The fields of an address, which the browser can fill in. */
export function AddressFields({ section, address, errors, onChange }: AddressFieldsProps) {
  const texts = useCheckoutTexts()
  const language = useLanguage()
  const fieldText = useFieldText()
  const errorText = (problem: FieldProblem | undefined) => {
    if (problem === undefined) return undefined
    return problem.code === 'required' ? texts.missing : fieldText(problem)
  }
  const common = (field: AddressField) => ({
    id: `${section}-${field}`,
    name: `${section}-${field}`,
    label: texts[field],
    value: address[field],
    error: errorText(errors[field]),
    autoComplete: `${section} ${AUTOCOMPLETE[field]}`,
  })
  const text = (field: AddressField, isOptional = false) => (
    <TextInput
      {...common(field)}
      maxLength={MAX_LENGTHS[field]}
      placeholder={isOptional ? texts.optional : undefined}
      required={!isOptional}
      withAsterisk={false}
      onChange={(event) => onChange({ ...address, [field]: event.currentTarget.value })}
    />
  )
  return (
    <div className={classes.fields}>
      {text('firstName')}
      {text('lastName')}
      <div className={classes.wide}>{text('line1')}</div>
      <div className={classes.wide}>{text('line2', true)}</div>
      {text('postalCode', address.country === 'IE')}
      {text('city')}
      {hasState(address.country) && <div className={classes.wide}>{text('state', true)}</div>}
      <div className={classes.wide}>
        <InputBase
          component="select"
          size="md"
          {...common('country')}
          required
          withAsterisk={false}
          rightSection={<ChevronDownIcon size={18} />}
          rightSectionPointerEvents="none"
          onChange={(event) => onChange({ ...address, country: event.currentTarget.value })}
        >
          <option value="" disabled>
            {texts.chooseCountry}
          </option>
          {sortCountries(language, address.country).map((code) => (
            <option key={code} value={code}>
              {countryName(code, language)}
            </option>
          ))}
        </InputBase>
      </div>
    </div>
  )
}
