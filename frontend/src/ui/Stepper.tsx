import { useState } from 'react'
import { messages } from './i18n/language'
import { MinusIcon, PlusIcon } from './icons'
import classes from './Stepper.module.css'

const useTexts = messages({
  en: { less: 'One less', more: 'One more' },
  es: { less: 'Uno menos', more: 'Uno más' },
})

type StepperProps = {
  value: number
  min?: number
  max: number
  /** The words for the number, such as "Quantity". */
  label: string
  onChange: (value: number) => void
}

/** A whole number with buttons for one less and one more. It can be typed, too. */
export function Stepper({ value, min = 1, max, label, onChange }: StepperProps) {
  const texts = useTexts()
  const [typed, setTyped] = useState<string | null>(null)

  function change(next: number) {
    setTyped(null)
    const limited = Math.min(max, Math.max(min, next))
    if (limited !== value) onChange(limited)
  }

  function applyTyped() {
    if (typed === null) return
    change(/^\d{1,9}$/.test(typed.trim()) ? Number(typed) : value)
  }

  return (
    <fieldset className={classes.stepper} aria-label={label}>
      {/* A disabled button would lose the focus. */}
      <button
        type="button"
        aria-label={texts.less}
        aria-disabled={value <= min}
        onClick={() => change(value - 1)}
      >
        <MinusIcon size={16} />
      </button>
      <input
        type="text"
        inputMode="numeric"
        aria-label={label}
        maxLength={3}
        value={typed ?? String(value)}
        onChange={(event) => setTyped(event.currentTarget.value.replace(/\D/g, ''))}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={applyTyped}
        onKeyDown={(event) => {
          if (event.key === 'Enter') applyTyped()
          else if (event.key === 'ArrowUp') change(value + 1)
          else if (event.key === 'ArrowDown') change(value - 1)
          else return
          event.preventDefault()
        }}
      />
      <button
        type="button"
        data-next=""
        aria-label={texts.more}
        aria-disabled={value >= max}
        onClick={() => change(value + 1)}
      >
        <PlusIcon size={16} />
      </button>
    </fieldset>
  )
}
