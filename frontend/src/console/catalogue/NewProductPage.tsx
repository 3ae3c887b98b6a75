import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/client'
import { ApiError } from '../../api/problem'
import type { NewProduct } from '../../api/types'
import { ErrorText } from '../../ui/ErrorText'
import { Button } from '../parts/Button'
import { ConsolePage, Panel } from '../parts/ConsolePage'
import { useDraft } from '../parts/draft'
import { Field } from '../parts/Field'
import { useAction } from '../parts/useAction'
import classes from './Catalogue.module.css'
import { type Field as Name, isAmount } from './fields'
import { newProductOf } from './newProduct'
import { ProductFields } from './ProductFields'
import { CHANGED } from './queries'
import { texts } from './texts'

const { form } = texts
const REQUIRED = ['name', 'sku', 'currency'] as const

/** The page that adds a product. */
export function NewProductPage() {
  const navigate = useNavigate()
  const { draft, change, clear } = useDraft('new product')
  const [isTried, setTried] = useState(false)
  const action = useAction({
    run: (body: NewProduct) => call('POST /admin/products', { body }),
    describe: () => form.created,
    onDone: ({ id }) => {
      clear()
      void navigate({ to: '/console/catalogue/$id', params: { id: String(id) } })
    },
    changes: CHANGED,
    isQuiet: true,
  })
  const refused = action.error instanceof ApiError ? action.error.fields : {}
  const missing = Object.fromEntries(
    REQUIRED.filter((name) => (draft[name] ?? '').trim() === '').map((name) => [
      name,
      form.required,
    ]),
  )
  const own: Partial<Record<Name, string>> = {
    ...missing,
    ...(isAmount(draft.estimatedPrice ?? '') ? {} : { estimatedPrice: form.amount }),
  }
  const edit = (name: string, text: string) => {
    action.reset()
    change({ [name]: text })
  }
  return (
    <ConsolePage title={form.newTitle} lead={form.newLead}>
      <div className={classes.single}>
        <Panel>
          <form
            className={classes.form}
            aria-label={form.newTitle}
            noValidate
            onSubmit={(event) => {
              event.preventDefault()
              setTried(true)
              if (Object.keys(own).length === 0 && !action.isPending) {
                action.mutate(newProductOf(draft))
              }
            }}
          >
            <ProductFields
              values={draft}
              errorOf={(name) => (isTried ? own[name] : undefined) ?? refused[name]?.message}
              onChange={edit}
            />
            <Field label={form.stock} error={refused.stock?.message}>
              {(control) => (
                <input
                  {...control}
                  type="number"
                  min={0}
                  step={1}
                  value={draft.stock ?? '0'}
                  onChange={({ currentTarget }) => edit('stock', currentTarget.value)}
                />
              )}
            </Field>
            <div className={classes.wide}>
              <ErrorText error={action.error} />
            </div>
            <div className={classes.footer}>
              <Button type="submit" kind="primary" isBusy={action.isPending}>
                {form.create}
              </Button>
            </div>
          </form>
        </Panel>
      </div>
    </ConsolePage>
  )
}
