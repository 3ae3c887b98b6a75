import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/client'
import { isStatus } from '../../api/problem'
import type { Cancellation, OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { Dialog } from '../../ui/Dialog'
import { useErrorText } from '../../ui/useErrorText'
import classes from './Order.module.css'
import { paymentMade } from './paymentMade'
import { orderQuery } from './queries'
import { useOrderTexts } from './texts'

type CancelDialogProps = {
  order: OrderSummary
  consequence: Cancellation
  onClose: () => void
}

/** The question before an order is cancelled, which says what follows. */
export function CancelDialog({ order, consequence, onClose }: CancelDialogProps) {
  const texts = useOrderTexts()
  const format = useFormat()
  const errorText = useErrorText()
  const queryClient = useQueryClient()
  const { referenceId } = order
  const cancel = useMutation({
    mutationFn: () => call('DELETE /order/{referenceId}', { path: { referenceId } }),
    onSuccess: onClose,
    // Whatever the answer was, the server knows what is true now.
    onSettled: () => queryClient.invalidateQueries({ queryKey: orderQuery(referenceId).queryKey }),
  })
  const isUnderWay = order.payment.processing || paymentMade(referenceId) !== null
  const unpaid = isUnderWay ? texts.cancelUnconfirmed : texts.cancelUnpaid
  const amount = format.money(consequence.refundAmount, consequence.currency)
  return (
    <Dialog title={texts.cancelTitle} onClose={onClose}>
      <p className={classes.consequence}>
        {consequence.action === 'cancel' ? unpaid : texts.cancelPaid(amount)}
      </p>
      {cancel.isError && (
        <p className={classes.error} role="alert">
          {isStatus(cancel.error, 409) ? texts.refused : errorText(cancel.error)}
        </p>
      )}
      <div className={classes.buttons}>
        <Button variant="default" data-autofocus onClick={onClose}>
          {texts.keep}
        </Button>
        <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {texts.cancelConfirm}
        </Button>
      </div>
    </Dialog>
  )
}
