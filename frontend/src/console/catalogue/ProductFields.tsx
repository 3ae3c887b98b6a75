import { Field as FormField } from '../parts/Field'
import classes from './Catalogue.module.css'
import type { Field } from './fields'
import { PRODUCT_STATUSES } from './queries'
import { texts } from './texts'

type ProductFieldsProps = {
  values: Readonly<Partial<Record<Field, string>>>
  errorOf: (field: Field) => string | undefined
  onChange: (field: Field, text: string) => void
}

const { form } = texts
const LINES = [
  { field: 'name', maxLength: 200 },
  { field: 'sku', maxLength: 100 },
  { field: 'estimatedPrice', maxLength: 40 },
  { field: 'currency', maxLength: 3 },
  { field: 'category', maxLength: 100 },
] as const
const LATER_LINES = [
  { field: 'tags', maxLength: 2000, hint: form.tagsHint },
  { field: 'imageUrl', maxLength: 2000, hint: form.imageHint },
] as const
const MAX_DESCRIPTION_LENGTH = 10_000

/** The fields of a product in a form. */
export function ProductFields({ values, errorOf, onChange }: ProductFieldsProps) {
  return (
    <>
      {LINES.map(({ field, maxLength }) => (
        <FormField key={field} label={form[field]} error={errorOf(field)}>
          {(control) => (
            <input
              {...control}
              value={values[field] ?? ''}
              maxLength={maxLength}
              inputMode={field === 'estimatedPrice' ? 'decimal' : undefined}
              autoComplete="off"
              onChange={({ currentTarget }) => onChange(field, currentTarget.value)}
            />
          )}
        </FormField>
      ))}
      <FormField label={form.status} error={errorOf('status')}>
        {(control) => (
          <select
            {...control}
            value={values.status ?? 'Available'}
            onChange={({ currentTarget }) => onChange('status', currentTarget.value)}
          >
            {PRODUCT_STATUSES.map((status) => (
              <option key={status}>{status}</option>
            ))}
          </select>
        )}
      </FormField>
      {LATER_LINES.map(({ field, maxLength, hint }) => (
        <div key={field} className={classes.wide}>
          <FormField label={form[field]} hint={hint} error={errorOf(field)}>
            {(control) => (
              <input
                {...control}
                value={values[field] ?? ''}
                maxLength={maxLength}
                autoComplete="off"
                onChange={({ currentTarget }) => onChange(field, currentTarget.value)}
              />
            )}
          </FormField>
        </div>
      ))}
      <div className={classes.wide}>
        <FormField label={form.description} error={errorOf('description')}>
          {(control) => (
            <textarea
              {...control}
              rows={5}
              value={values.description ?? ''}
              maxLength={MAX_DESCRIPTION_LENGTH}
              onChange={({ currentTarget }) => onChange('description', currentTarget.value)}
            />
          )}
        </FormField>
      </div>
    </>
  )
}
