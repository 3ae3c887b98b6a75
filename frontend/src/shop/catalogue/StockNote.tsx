import type { ProductView } from '../../api/types'
import { messages } from '../../ui/i18n/language'
import { StateShape, type Tone } from '../../ui/StateBadge'
import { type Availability, availabilityOf } from './stock'
import classes from './StockNote.module.css'

const useTexts = messages({
  en: {
    plenty: 'In stock',
    few: (left: number) => `${left} left`,
    soldOut: 'Sold out',
    unavailable: 'Not for sale now',
    discontinued: 'No longer made',
  },
  es: {
    plenty: 'En stock',
    few: (left) => (left === 1 ? 'Queda 1' : `Quedan ${left}`),
    soldOut: 'Agotado',
    unavailable: 'No está a la venta',
    discontinued: 'Ya no se fabrica',
  },
})

const TONES: Record<Availability['kind'], Tone> = {
  plenty: 'good',
  few: 'waiting',
  soldOut: 'ended',
  unavailable: 'ended',
  discontinued: 'ended',
}

type StockNoteProps = { product: Pick<ProductView, 'status' | 'inStock' | 'stockLeft'> }

/** The availability of a product in words, with the shape of its tone. */
export function StockNote({ product }: StockNoteProps) {
  const texts = useTexts()
  const availability = availabilityOf(product)
  const tone = TONES[availability.kind]
  return (
    <span className={classes.note} data-tone={tone}>
      <StateShape tone={tone} size={10} />
      {availability.kind === 'few' ? texts.few(availability.left) : texts[availability.kind]}
    </span>
  )
}
