import { useId } from 'react'
import { useOperator } from '../../frame/me'
import { createFormat } from '../../../ui/i18n/format'
import confirmClasses from '../../parts/ConfirmDialog.module.css'
import { Button } from '../../parts/Button'
import type { Draft } from '../../parts/draft'
import type { Order } from '../queries'
import type { Action } from './actions'
import { readAmount } from './amount'
import classes from './Doing.module.css'
import { texts } from './texts'

const format = createFormat('en')
const MAX_LENGTH = 200
const DEFAULT_DECIMALS = 2

type ActionFieldsProps = {
  action: Action
  draft: Draft
  order: Order | undefined
  onChange: (changes: Draft) => void
}

/** The fields that an action declares, beside its reason. */
export function ActionFields({ action, draft, order, onChange }: ActionFieldsProps) {
  const id = useId()
  return action.needs.map(({ name, kind, isRequired }, index) => {
    const label = texts.fieldLabels[name] ?? name
    const value = draft[name] ?? ''
    const set = (text: string) => onChange({ [name]: text })
    const isWrong = kind === 'amount' && value !== '' && !isAmount(value, order)
    return (
      <div key={name} className={confirmClasses.field}>
        <label htmlFor={`${id}-${name}`}>
          {isRequired || kind === 'amount' ? label : texts.optional(label)}
        </label>
        <div className={classes.input}>
          <input
            id={`${id}-${name}`}
            data-autofocus={index === 0 ? true : undefined}
            value={value}
            inputMode={kind === 'amount' ? 'decimal' : undefined}
            maxLength={MAX_LENGTH}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={isWrong}
            aria-describedby={`${id}-${name}-hint`}
            onChange={(event) => set(event.currentTarget.value)}
          />
          {kind === 'amount' && order !== undefined && <AllOfIt order={order} onAll={set} />}
        </div>
        <div id={`${id}-${name}-hint`}>
          {isWrong && (
            <p className={classes.wrong}>
              {texts.notAnAmount(order?.money.decimals ?? DEFAULT_DECIMALS)}
            </p>
          )}
          {kind === 'amount' && order !== undefined && <AmountHint order={order} />}
        </div>
      </div>
    )
  })
}

function AllOfIt({ order, onAll }: { order: Order; onAll: (text: string) => void }) {
  const { refundable, currency, decimals } = order.money
  return (
    <Button onClick={() => onAll(refundable.toFixed(decimals))}>
      {texts.all(format.money(refundable, currency))}
    </Button>
  )
}

function AmountHint({ order: { money } }: { order: Order }) {
  const { refundStepUpAbove } = useOperator()
  return (
    <p>
      {texts.refundable(format.money(money.refundable, money.currency))}{' '}
      {texts.limit(format.money(refundStepUpAbove, money.currency))}
    </p>
  )
}

function isAmount(text: string, order: Order | undefined): boolean {
  return readAmount(text, order?.money.decimals ?? DEFAULT_DECIMALS) !== null
}

/** Return whether the fields have all that an action needs. An amount is never left to chance. */
export function isFilled(action: Action, draft: Draft, order: Order | undefined): boolean {
  return action.needs.every(({ name, kind, isRequired }) => {
    const value = draft[name]?.trim() ?? ''
    return kind === 'amount' ? isAmount(value, order) : !isRequired || value !== ''
  })
}
