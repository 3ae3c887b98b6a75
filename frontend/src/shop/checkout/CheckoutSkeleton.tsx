import { Skeleton } from '@mantine/core'
import { Page } from '../../ui/Page'
import classes from './Checkout.module.css'
import { useCheckoutTexts } from './texts'

/** The place of the checkout while its person and its order are being loaded. */
export function CheckoutSkeleton() {
  const texts = useCheckoutTexts()
  return (
    <Page title={texts.title}>
      <div className={classes.columns} aria-hidden="true">
        <div className={classes.address}>
          <Skeleton height={28} width={120} mb={16} />
          <Skeleton height={320} />
        </div>
        <div className={classes.summary}>
          <Skeleton height={28} width={120} mb={16} />
          <Skeleton height={200} />
        </div>
        <div className={classes.payment}>
          <Skeleton height={236} mt={40} />
        </div>
      </div>
    </Page>
  )
}
