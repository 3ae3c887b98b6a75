import { expect, test } from 'vitest'
import { trackingUrl } from './carriers'
import { timeLeft } from './countdown'

test.each([
  ['DHL', 'JJD01', 'https://www.dhl.com/global-en/home/tracking.html?submit=1&tracking-id=JJD01'],
  [' ups ', '1Z 9&x', 'https://www.ups.com/track?tracknum=1Z%209%26x'],
  ['DPD', '05222', 'https://tracking.dpd.de/status/en_US/parcel/05222'],
  ['Uncle Bob', '1', null],
  ['constructor', '1', null],
])('the parcel of %s with number %s is followed at %s', (carrier, number, url) => {
  expect(trackingUrl(carrier, number)).toBe(url)
})

test.each([
  [0, ''],
  [-5, ''],
  [1, '1 s'],
  [59, '59 s'],
  [60, '1 min'],
  [119, '1 min'],
  [840, '14 min'],
])('%i seconds are told as "%s"', (seconds, words) => {
  const left = timeLeft(
    seconds,
    (minutes) => `${minutes} min`,
    (rest) => `${rest} s`,
  )
  expect(left).toBe(words)
})
