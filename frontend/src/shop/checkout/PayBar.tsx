import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { localTime } from '../../api/clock'
import { announce } from '../../ui/Announcer'
import { LockIcon } from '../../ui/icons'
import { useCountdown } from '../../ui/useCountdown'
import classes from './Checkout.module.css'
import { useCheckoutTexts } from './texts'

type PayBarProps = {
  /** The total as it is shown, or null while it is not known. */
  total: string | null
  isPaying: boolean
  isPlacing: boolean
  canPay: boolean
  /** The time until which the order can be paid, once it exists. */
  payBy: string | null
}

const LAST_SECONDS = 5 * 60
const SLOW_AFTER_MS = 8000

/** The button that pays, with the sum, and in the last minutes the time that is left. */
export function PayBar({ total, isPaying, isPlacing, canPay, payBy }: PayBarProps) {
  const texts = useCheckoutTexts()
  return (
    <div className={classes.payBar}>
      {payBy !== null && <TimeLeft payBy={payBy} />}
      <Button
        type="submit"
        size="lg"
        fullWidth
        disabled={!canPay && !isPaying}
        loading={isPaying}
        leftSection={<LockIcon size={18} />}
      >
        {total === null ? texts.payLater : texts.pay(total)}
      </Button>
      {isPlacing && <SlowNotice />}
      <p className={classes.safe}>{texts.safe}</p>
    </div>
  )
}

/** The words to a customer who waits for long; none for one who waits for a moment. */
function SlowNotice() {
  const texts = useCheckoutTexts()
  const [slowAt] = useState(() => Date.now() + SLOW_AFTER_MS)
  const isSlow = useCountdown(slowAt) === 0
  useEffect(() => {
    if (isSlow) announce(texts.slow)
  }, [isSlow, texts.slow])
  return isSlow && <p className={classes.timeLeft}>{texts.slow}</p>
}

function TimeLeft({ payBy }: { payBy: string }) {
  const texts = useCheckoutTexts()
  const seconds = useCountdown(localTime(payBy))
  if (seconds > LAST_SECONDS) return null
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return (
    <p className={`${classes.timeLeft} tabular`} role="timer">
      {seconds > 0 ? texts.timeLeft(time) : texts.timeOver}
    </p>
  )
}
