import { useState } from 'react'
import { call } from '../../api/client'
import { ApiError } from '../../api/problem'
import type { StaffProduct } from '../../api/types'
import { Dialog } from '../../ui/Dialog'
import { ErrorText } from '../../ui/ErrorText'
import { Button } from '../parts/Button'
import { useDraft } from '../parts/draft'
import { Field } from '../parts/Field'
import { texts as partTexts } from '../parts/texts'
import { useAction } from '../parts/useAction'
import classes from './Catalogue.module.css'
import { CHANGED } from './queries'
import { correctionBody, readCorrection, type StockMode } from './stock'
import { StockModes } from './StockModes'
import { texts } from './texts'

type StockDialogProps = { product: StaffProduct; onClose: () => void }

const MAX_REASON_LENGTH = 500

/** The dialog that corrects the stock of a product, with a reason. */
export function StockDialog({ product, onClose }: StockDialogProps) {
  const { stock: words } = texts
  const { draft, change, clear } = useDraft(`stock ${product.id}`)
  const { pieces = '', reason = '' } = draft
  const [mode, setMode] = useState<StockMode>('difference')
  const after = readCorrection({ mode, text: pieces, stock: product.stock })
  const action = useAction({
    run: (body: ReturnType<typeof correctionBody>, idempotencyKey) =>
      call('POST /admin/products/{productId}/stock', {
        path: { productId: product.id },
        body,
        idempotencyKey,
      }),
    describe: ({ stock }) => words.done(String(stock)),
    onDone: () => {
      clear()
      onClose()
    },
    changes: CHANGED,
    isQuiet: true,
  })
  const fields = action.error instanceof ApiError ? action.error.fields : {}
  const isReady = typeof after === 'number' && reason.trim() !== ''
  const close = () => {
    clear()
    onClose()
  }
  return (
    <Dialog title={words.dialog} onClose={close}>
      <form
        className={classes.dialog}
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !action.isPending) {
            action.mutate(correctionBody(mode, pieces, reason.trim()))
          }
        }}
      >
        <StockModes mode={mode} onChange={setMode} />
        <Field
          label={mode === 'count' ? words.count : words.difference}
          hint={mode === 'count' ? words.countHint : words.differenceHint}
          error={
            (pieces !== '' && typeof after === 'string' ? after : undefined) ??
            fields.change?.message ??
            fields.stock?.message
          }
        >
          {(control) => (
            <input
              {...control}
              data-autofocus
              inputMode="numeric"
              autoComplete="off"
              value={pieces}
              onChange={({ currentTarget }) => change({ pieces: currentTarget.value })}
            />
          )}
        </Field>
        {typeof after === 'number' && (
          <p role="status">{words.becomes(String(product.stock), String(after))}</p>
        )}
        <Field label={words.reason} hint={words.reasonHint} error={fields.reason?.message}>
          {(control) => (
            <textarea
              {...control}
              rows={2}
              maxLength={MAX_REASON_LENGTH}
              value={reason}
              onChange={({ currentTarget }) => change({ reason: currentTarget.value })}
            />
          )}
        </Field>
        <ErrorText error={action.error} />
        <div className={classes.footer}>
          <Button onClick={close}>{partTexts.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={action.isPending} isDisabled={!isReady}>
            {words.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
