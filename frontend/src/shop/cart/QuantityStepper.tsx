import { useState } from 'react'
import { MinusIcon, PlusIcon } from '../../ui/icons'
import classes from './QuantityStepper.module.css'
import { MAX_QUANTITY } from './store'
import { useCartTexts } from './texts'

type QuantityStepperProps = {
  name: string
  quantity: number
  /** The most that can be chosen; more is left to the server's answer. */
  limit?: number
  onChange: (quantity: number) => void
}

/** A number of pieces: typed, or changed by one with the buttons and the arrow keys. */
export function QuantityStepper({
  name,
  quantity,
  limit = MAX_QUANTITY,
  onChange,
}: QuantityStepperProps) {
  const texts = useCartTexts()
  const [typed, setTyped] = useState<string | null>(null)

  const change = (next: number) => {
    setTyped(null)
    const limited = Math.min(MAX_QUANTITY, Math.max(1, next))
    if (limited !== quantity) onChange(limited)
  }
  const commit = () => {
    if (typed !== null) change(/^\d+$/.test(typed) ? Number(typed) : quantity)
  }
  return (
    <div className={classes.stepper} role="group" aria-label={texts.quantity(name)}>
      <button
        type="button"
        aria-label={texts.fewer(name)}
        disabled={quantity <= 1}
        onClick={() => change(quantity - 1)}
      >
        <MinusIcon size={16} />
      </button>
      <input
        className="tabular"
        inputMode="numeric"
        autoComplete="off"
        maxLength={3}
        aria-label={texts.quantity(name)}
        value={typed ?? String(quantity)}
        onChange={(event) => setTyped(event.currentTarget.value.replace(/\D/g, ''))}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit()
          if (event.key === 'Escape') setTyped(null)
          const step = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
          if (step === 0) return
          event.preventDefault()
          change(quantity + step)
        }}
      />
      <button
        type="button"
        aria-label={texts.more(name)}
        disabled={quantity >= Math.min(limit, MAX_QUANTITY)}
        onClick={() => change(quantity + 1)}
      >
        <PlusIcon size={16} />
      </button>
    </div>
  )
}
