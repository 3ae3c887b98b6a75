import { Button } from '@mantine/core'
import { useFormat } from '../../ui/i18n/format'
import { Notice } from '../../ui/Notice'
import type { LineNotice } from './notices'
import { type CartLine, cartStore } from './store'
import { useCartTexts } from './texts'

type LineNoticeBoxProps = { line: CartLine; notice: LineNotice; onRemove: () => void }

/** What has changed of a line, in words, with the one step that puts it right. */
export function LineNoticeBox({ line, notice, onRemove }: LineNoticeBoxProps) {
  const texts = useCartTexts()
  const text = useNoticeText()(notice)
  if (notice.kind === 'priceChanged') {
    const { amount, currency } = notice.to
    const accept = () => cartStore.accept(line.productId, { ...line, price: amount, currency })
    return (
      <Notice tone="active" action={<Remedy onClick={accept}>{texts.accept}</Remedy>}>
        {text}
      </Notice>
    )
  }
  if (notice.kind === 'tooMany') {
    const { limit } = notice
    const reduce = () => cartStore.setQuantity(line.productId, limit)
    return (
      <Notice tone="waiting" action={<Remedy onClick={reduce}>{texts.reduce(limit)}</Remedy>}>
        {text}
      </Notice>
    )
  }
  return (
    <Notice tone="waiting" action={<Remedy onClick={onRemove}>{texts.removeShort}</Remedy>}>
      {text}
    </Notice>
  )
}

/** Return a function that says what a notice means. */
export function useNoticeText(): (notice: LineNotice) => string {
  const texts = useCartTexts()
  const format = useFormat()
  return (notice) => {
    if (notice.kind === 'otherCurrency') return texts.otherCurrency(notice.currency.toUpperCase())
    if (notice.kind === 'tooMany') {
      return notice.isStock ? texts.onlyLeft(notice.limit) : texts.atMost(notice.limit)
    }
    if (notice.kind === 'priceChanged') {
      const { from, to } = notice
      return texts.priceChanged(
        format.money(from.amount, from.currency),
        format.money(to.amount, to.currency),
      )
    }
    return texts[notice.kind]
  }
}

function Remedy({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <Button variant="default" size="compact-md" onClick={onClick}>
      {children}
    </Button>
  )
}
