import type { OrderSummary } from '../../api/types'
import { Section } from '../../ui/Section'
import classes from './Order.module.css'
import { useOrderTexts } from './texts'
import { Tracking } from './Tracking'

/** Where the order goes, and with whom. */
export function DeliveryCard({ order }: { order: OrderSummary }) {
  const texts = useOrderTexts()
  const { shipment } = order
  return (
    <Section title={texts.delivery}>
      <address className={classes.address}>{order.shippingAddress}</address>
      {shipment !== null && <Tracking shipment={shipment} />}
    </Section>
  )
}
