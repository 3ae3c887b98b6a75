import { Button } from '@mantine/core'
import { useState } from 'react'
import type { ShipmentView } from '../../api/types'
import { announce } from '../../ui/Announcer'
import { ExternalIcon } from '../../ui/icons'
import { trackingUrl } from './carriers'
import classes from './Order.module.css'
import { useOrderTexts } from './texts'

/** The parcel: a link to its carrier if we know it, else a number to copy. */
export function Tracking({ shipment }: { shipment: ShipmentView }) {
  const texts = useOrderTexts()
  const { carrier, trackingNumber } = shipment
  const url = trackingUrl(carrier, trackingNumber)
  return (
    <div className={classes.shipment}>
      <p className={classes.line}>
        {texts.carrier(carrier)}
        <br />
        {texts.tracking}: <span className={classes.code}>{trackingNumber}</span>
      </p>
      {url === null ? (
        <CopyButton text={trackingNumber} />
      ) : (
        <Button
          component="a"
          href={url}
          target="_blank"
          rel="noreferrer"
          variant="default"
          size="sm"
          rightSection={<ExternalIcon size={16} />}
        >
          {texts.track}
        </Button>
      )}
    </div>
  )
}

function CopyButton({ text }: { text: string }) {
  const texts = useOrderTexts()
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
      announce(texts.copied)
    } catch {
      // The browser refuses: the number can be selected by hand.
    }
  }
  return (
    <Button variant="default" size="sm" onClick={() => void copy()}>
      {isCopied ? texts.copied : texts.copy}
    </Button>
  )
}
