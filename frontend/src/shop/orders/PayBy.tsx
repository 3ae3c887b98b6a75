import { useEffect } from 'react'
import { localTime } from '../../api/clock'
import { announce } from '../../ui/Announcer'
import { useFormat } from '../../ui/i18n/format'
import { useCountdown } from '../../ui/useCountdown'
import { isLastMinute, timeLeft } from './countdown'
import classes from './Status.module.css'
import { useOrderTexts } from './texts'

// Screen readers read the time at these numbers of seconds, and not each second.
const ANNOUNCED = new Set([300, 60])

// A bank may take days: its end is a date, and its minutes mean nothing.
const LONG_SECONDS = 12 * 60 * 60

/** The time until which an order can be paid: minutes, and seconds in the last one. */
export function PayBy({ payBy }: { payBy: string }) {
  const texts = useOrderTexts()
  const format = useFormat()
  const seconds = useCountdown(localTime(payBy))
  const left = timeLeft(seconds, texts.timeLeft, texts.secondsLeft)
  useEffect(() => {
    if (ANNOUNCED.has(seconds)) announce(left)
  }, [seconds, left])
  if (seconds > LONG_SECONDS) {
    return <p className={classes.time}>{texts.payByDay(format.moment(payBy))}</p>
  }
  return (
    <p className={classes.time} data-urgent={isLastMinute(seconds)} role="timer">
      {texts.payBy(format.time(payBy))} {left}
    </p>
  )
}
