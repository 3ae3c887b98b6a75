import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { isStatus } from '../../api/problem'
import type { OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { PrintIcon } from '../../ui/icons'
import { LoadError } from '../../ui/LoadError'
import { Page } from '../../ui/Page'
import { useFinishCart } from '../checkout/useFinishCart'
import { CancelDialog } from './CancelDialog'
import { DeliveryCard } from './DeliveryCard'
import classes from './Order.module.css'
import { OrderItems } from './OrderItems'
import { PaymentCard } from './PaymentCard'
import { orderQuery } from './queries'
import { StatusBanner } from './StatusBanner'
import { orderNumber, useOrderTexts } from './texts'
import { Timeline } from './Timeline'
import { UnknownOrder } from './UnknownOrder'
import { useFollowOrder } from './useFollowOrder'

/** The page of one order, which follows it live. It is also the page after a payment. */
export function OrderPage() {
  const texts = useOrderTexts()
  const { reference } = useParams({ from: '/members/orders/$reference' })
  const order = useQuery(orderQuery(reference))
  useFollowOrder(reference, order.data)
  useFinishCart(order.data)

  if (isStatus(order.error, 404, 422)) return <UnknownOrder />
  if (order.data !== undefined) return <OrderView order={order.data} />
  return (
    <Page title={texts.order('')} heading={<Skeleton width={260} height={44} component="span" />}>
      {order.isError ? (
        <LoadError error={order.error} onRetry={() => void order.refetch()} />
      ) : (
        <div aria-busy="true">
          <Skeleton height={176} radius="lg" mb="lg" />
          <Skeleton height={360} radius="lg" />
        </div>
      )}
    </Page>
  )
}

function OrderView({ order }: { order: OrderSummary }) {
  const texts = useOrderTexts()
  const format = useFormat()
  const [isCancelling, setCancelling] = useState(false)
  const number = orderNumber(order.id)
  return (
    <Page
      title={texts.order(number)}
      lead={texts.placed(format.moment(order.createdAt))}
      actions={
        <>
          {order.payment.status === 'Success' && (
            <Button
              variant="default"
              leftSection={<PrintIcon size={18} />}
              renderRoot={(props) => (
                <Link
                  to="/orders/$reference/receipt"
                  params={{ reference: order.referenceId }}
                  {...props}
                />
              )}
            >
              {texts.receipt}
            </Button>
          )}
          {order.cancellable !== null && (
            <Button variant="default" onClick={() => setCancelling(true)}>
              {texts.cancel}
            </Button>
          )}
        </>
      }
    >
      <StatusBanner order={order} />
      <div className={classes.columns}>
        <OrderItems order={order} />
        <div className={classes.side}>
          <PaymentCard order={order} />
          <DeliveryCard order={order} />
        </div>
      </div>
      <Timeline referenceId={order.referenceId} version={order.version} />
      {isCancelling && order.cancellable !== null && (
        <CancelDialog
          order={order}
          consequence={order.cancellable}
          onClose={() => setCancelling(false)}
        />
      )}
    </Page>
  )
}
