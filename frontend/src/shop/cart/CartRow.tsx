import { Link } from '@tanstack/react-router'
import { useFormat } from '../../ui/i18n/format'
import { TrashIcon } from '../../ui/icons'
import { Picture } from '../../ui/Picture'
import { Stepper } from '../../ui/Stepper'
import classes from './CartLines.module.css'
import { LineNoticeBox } from './LineNoticeBox'
import { isObstacle } from './notices'
import { cartStore, MAX_QUANTITY } from './store'
import { useCartTexts } from './texts'
import type { PricedLine } from './useCartQuote'

type CartRowProps = {
  priced: PricedLine
  isCurrent: boolean
  compact: boolean
  onRemove: () => void
}

/** A line of the cart: the product, its price, its quantity, and what has changed of it. */
export function CartRow({ priced, isCurrent, compact, onRemove }: CartRowProps) {
  const texts = useCartTexts()
  const format = useFormat()
  const { line, notice, unitPrice, currency, total, stockLeft } = priced
  const price = format.money(unitPrice, currency)
  const canBuy = !isObstacle(notice)
  const isSold = notice?.kind !== 'unknown'
  const picture = <Picture src={line.imageUrl} alt="" />
  return (
    <li className={compact ? `${classes.row} ${classes.compact}` : classes.row}>
      <div className={classes.picture}>{picture}</div>
      {isSold ? (
        <Link
          to="/products/$id"
          params={{ id: String(line.productId) }}
          className={classes.name}
          draggable={false}
        >
          {line.name}
        </Link>
      ) : (
        <span className={classes.name}>{line.name}</span>
      )}
      {isSold && (
        <p className={`${classes.price} tabular`}>
          {line.quantity > 1 ? texts.each(price) : price}
        </p>
      )}
      <div className={`${classes.total} tabular ${isCurrent ? '' : classes.pending}`}>
        {canBuy && total !== null && format.money(total, currency)}
      </div>
      {notice !== null && (
        <div className={classes.notice}>
          <LineNoticeBox line={line} notice={notice} onRemove={onRemove} />
        </div>
      )}
      {(canBuy || notice?.kind === 'tooMany') && (
        <div className={classes.controls}>
          <Stepper
            label={texts.quantity(line.name)}
            value={line.quantity}
            max={stockLeft ?? MAX_QUANTITY}
            onChange={(quantity) => cartStore.setQuantity(line.productId, quantity)}
          />
          <button
            type="button"
            className={classes.remove}
            aria-label={texts.remove(line.name)}
            onClick={onRemove}
          >
            <TrashIcon size={18} />
            {!compact && <span className={classes.word}>{texts.removeShort}</span>}
          </button>
        </div>
      )}
    </li>
  )
}
