import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../api/problem'
import { useDraft } from '../parts/draft'
import { useAction } from '../parts/useAction'
import { bodyOf, dirtyFields, driftOf, type Field, isAmount, textsOf } from './fields'
import { CHANGED, productQuery } from './queries'
import { saveProduct, type Version } from './save'
import { texts } from './texts'

const { form } = texts

/** Return the state of the form that edits a product, which others may change meanwhile. */
export function useProductForm(live: Version) {
  const queryClient = useQueryClient()
  const { draft, change, clear } = useDraft(`product ${live.body.id}`)
  // The version on which the operator builds: the newest one, until they change something.
  const [seen, setSeen] = useState(live)
  const shown = textsOf(seen.body)
  const dirty = dirtyFields(shown, draft)
  const drift = dirty.length === 0 ? [] : driftOf(seen.body, live.body)
  if (dirty.length === 0 && seen.etag !== live.etag) setSeen(live)
  const action = useAction({
    run: (fields: readonly Field[]) =>
      saveProduct(seen, bodyOf({ ...shown, ...draft }, withPrice(fields))),
    describe: () => form.saved,
    onDone: (saved) => {
      // The old values must not be seen again until the new ones are fetched.
      queryClient.setQueryData(productQuery(saved.id).queryKey, { body: saved, etag: null })
      clear()
    },
    changes: CHANGED,
    isQuiet: true,
  })
  const refused = action.error instanceof ApiError ? action.error.fields : {}
  const values = { ...shown, ...draft }
  const badPrice = dirty.includes('estimatedPrice') && !isAmount(values.estimatedPrice ?? '')
  return {
    values,
    dirty,
    drift,
    change: (field: Field, text: string) => {
      action.reset()
      change({ [field]: text })
    },
    errorOf: (field: Field) =>
      field === 'estimatedPrice' && badPrice ? form.amount : refused[field]?.message,
    error: action.error,
    isBusy: action.isPending,
    canSave: dirty.length > 0 && !badPrice && drift.length === 0,
    save: () => action.mutate(dirty),
    discard: () => {
      action.reset()
      clear()
    },
    /** Build on the newest version: the operator has seen what has changed. */
    rebase: () => {
      action.reset()
      setSeen(live)
    },
  }
}

/** Add the price to a change of the currency: the server wants both. */
function withPrice(fields: readonly Field[]): readonly Field[] {
  const needsPrice = fields.includes('currency') && !fields.includes('estimatedPrice')
  return needsPrice ? [...fields, 'estimatedPrice'] : fields
}
