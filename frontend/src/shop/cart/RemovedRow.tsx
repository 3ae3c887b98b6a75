import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import classes from './CartLines.module.css'
import { useCartTexts } from './texts'

type RemovedRowProps = { name: string; onUndo: () => void }

/** The place of a removed line, with the button that brings it back. It takes the focus. */
export function RemovedRow({ name, onUndo }: RemovedRowProps) {
  const texts = useCartTexts()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return (
    <li className={classes.removed}>
      <p role="status">{texts.removed(name)}</p>
      <Button ref={button} variant="default" size="sm" onClick={onUndo}>
        {texts.undo}
      </Button>
    </li>
  )
}
