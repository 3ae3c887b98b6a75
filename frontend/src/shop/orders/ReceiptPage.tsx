import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { isStatus } from '../../api/problem'
import type { OrderSummary } from '../../api/types'
import { useFormat } from '../../ui/i18n/format'
import { messages } from '../../ui/i18n/language'
import { PrintIcon } from '../../ui/icons'
import { LoadError } from '../../ui/LoadError'
import { Page } from '../../ui/Page'
import { describeCard } from './card'
import { orderQuery } from './queries'
import classes from './Receipt.module.css'
import { withOutcomes } from './refunds'
import { orderNumber, useOrderTexts } from './texts'
import { Totals } from '../totals/Totals'
import { UnknownOrder } from './UnknownOrder'
import { useFollowOrder } from './useFollowOrder'
import { useOrderWords } from './words'

const useTexts = messages({
  en: {
    title: (number: string) => `Receipt for order ${number}`,
    print: 'Print',
    seller: 'Seller',
    buyer: 'Bill to',
    shipTo: 'Ship to',
    date: 'Date',
    paid: 'Paid',
    product: 'Product',
    quantity: 'Quantity',
    price: 'Price',
    unpaid: 'This order is not paid, so there is no receipt yet.',
    ended: 'This order was not paid, so there is no receipt.',
  },
  es: {
    title: (number) => `Recibo del pedido ${number}`,
    print: 'Imprimir',
    seller: 'Vendedor',
    buyer: 'Facturado a',
    shipTo: 'Enviado a',
    date: 'Fecha',
    paid: 'Pagado',
    product: 'Producto',
    quantity: 'Cantidad',
    price: 'Precio',
    unpaid: 'Este pedido no está pagado, así que todavía no hay recibo.',
    ended: 'Este pedido no se pagó, así que no hay recibo.',
  },
})

/** The receipt of a paid order, made for paper. It follows the order, as its page does. */
export function ReceiptPage() {
  const { reference } = useParams({ from: '/members/orders/$reference/receipt' })
  const order = useQuery(orderQuery(reference))
  useFollowOrder(reference, order.data)
  if (isStatus(order.error, 404, 422)) return <UnknownOrder />
  if (order.data !== undefined) return <Receipt order={order.data} />
  if (order.isError) return <LoadError error={order.error} onRetry={() => void order.refetch()} />
  return <Skeleton height={480} radius="lg" mt="xl" />
}

function Receipt({ order }: { order: OrderSummary }) {
  const texts = useTexts()
  const format = useFormat()
  if (order.payment.status !== 'Success') {
    return (
      <Page title={texts.title(orderNumber(order.id))} narrow>
        <p>{order.status === 'Pending' ? texts.unpaid : texts.ended}</p>
      </Page>
    )
  }
  return (
    <Page
      title={texts.title(orderNumber(order.id))}
      narrow
      actions={
        <Button
          className={classes.print}
          variant="default"
          leftSection={<PrintIcon size={18} />}
          onClick={() => window.print()}
        >
          {texts.print}
        </Button>
      }
    >
      <div className={classes.parties}>
        <div>
          <h2>{texts.seller}</h2>
          <p>ProjectX</p>
        </div>
        <div>
          <h2>{texts.buyer}</h2>
          <p className={classes.address}>{order.billingAddress}</p>
        </div>
        <div>
          <h2>{texts.shipTo}</h2>
          <p className={classes.address}>{order.shippingAddress}</p>
        </div>
        <div>
          <h2>{texts.date}</h2>
          <p>{format.day(order.createdAt)}</p>
        </div>
      </div>
      <ReceiptLines order={order} />
      <div className={classes.totals}>
        <Totals amounts={order} />
      </div>
      <Payments order={order} />
    </Page>
  )
}

function ReceiptLines({ order }: { order: OrderSummary }) {
  const texts = useTexts()
  const format = useFormat()
  return (
    <table className={classes.lines}>
      <thead>
        <tr>
          <th scope="col">{texts.product}</th>
          <th scope="col" className={classes.number}>
            {texts.quantity}
          </th>
          <th scope="col" className={classes.number}>
            {texts.price}
          </th>
        </tr>
      </thead>
      <tbody>
        {order.items.map(({ product, quantity, priceAtPurchase }) => (
          <tr key={product.id}>
            <td>{product.name}</td>
            <td className={classes.number}>{format.number(quantity)}</td>
            <td className={classes.number}>{format.money(priceAtPurchase, order.currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Payments({ order }: { order: OrderSummary }) {
  const texts = useTexts()
  const orderTexts = useOrderTexts()
  const words = useOrderWords()
  const format = useFormat()
  const { payment, refunds } = order
  const card = describeCard(payment)
  return (
    <div className={classes.payments}>
      <p>
        {texts.paid}: {format.money(payment.amount, payment.currency)}
        {card !== null && ` · ${card}`}
      </p>
      {withOutcomes(refunds).map((refund) => (
        <p key={refund.id}>
          {orderTexts.refund(
            format.money(refund.amount, refund.currency),
            words.refunds[refund.outcome],
          )}
        </p>
      ))}
      {payment.transactionId !== null && (
        <p className={classes.reference}>
          {orderTexts.transaction}: {payment.transactionId}
        </p>
      )}
    </div>
  )
}
