import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Dialog.module.css'
import { messages } from './i18n/language'

const useTexts = messages({ en: { close: 'Close' }, es: { close: 'Cerrar' } })

type DialogProps = {
  title: string
  /** The width in pixels. */
  size?: number
  onClose: () => void
  children: ReactNode
}

/**
 * A dialog above the page, which keeps the focus until it is closed. A click outside does not close
 * it: the second half of a double click may land there, and what was typed would be lost.
 */
export function Dialog({ title, size, onClose, children }: DialogProps) {
  const texts = useTexts()
  return (
    <Modal.Root
      opened
      centered
      radius="lg"
      size={size}
      closeOnClickOutside={false}
      transitionProps={{ duration: 150 }}
      onClose={onClose}
    >
      <Modal.Overlay />
      <Modal.Content>
        {/* Modal.Header would be a second banner of the page to screen readers. */}
        <div className={classes.header}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={texts.close} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
