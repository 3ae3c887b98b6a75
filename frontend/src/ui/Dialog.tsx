import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { messages } from './i18n/language'

const useTexts = messages({ en: { close: 'Close' }, es: { close: 'Cerrar' } })

type DialogProps = { title: string; onClose: () => void; children: ReactNode }

/** A dialog above the page, which keeps the focus until it is closed. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const texts = useTexts()
  return (
    <Modal opened title={title} onClose={onClose} closeButtonProps={{ 'aria-label': texts.close }}>
      {children}
    </Modal>
  )
}
