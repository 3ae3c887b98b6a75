import { Checkbox } from '@mantine/core'
import { EMPTY_ADDRESS, type AddressErrors } from './address'
import { AddressFields } from './AddressFields'
import classes from './Checkout.module.css'
import { useCheckoutTexts } from './texts'
import type { DraftState } from './useDraft'

/** The errors of both addresses, by field. */
export type AddressProblems = { shipping: AddressErrors; billing: AddressErrors }

export const NO_PROBLEMS: AddressProblems = { shipping: {}, billing: {} }

type AddressSectionProps = {
  state: DraftState
  problems: AddressProblems
  onProblems: (problems: AddressProblems) => void
}

/** The addresses of an order that does not exist yet. */
export function AddressSection({ state, problems, onProblems }: AddressSectionProps) {
  const texts = useCheckoutTexts()
  const { draft, canSave } = state
  return (
    <>
      <section className={classes.section} aria-labelledby="checkout-delivery">
        <h2 id="checkout-delivery">{texts.delivery}</h2>
        <AddressFields
          section="shipping"
          address={draft.delivery}
          errors={problems.shipping}
          onChange={(delivery) => {
            onProblems({ ...problems, shipping: {} })
            state.setDelivery(delivery)
          }}
        />
        <div className={classes.choices}>
          <Checkbox
            label={texts.sameBilling}
            checked={draft.billing === null}
            onChange={(event) =>
              state.setBilling(event.currentTarget.checked ? null : EMPTY_ADDRESS)
            }
          />
          {canSave && (
            <Checkbox
              label={texts.save}
              checked={draft.isSaved}
              onChange={(event) => state.setSaved(event.currentTarget.checked)}
            />
          )}
        </div>
      </section>
      {draft.billing !== null && (
        <section className={classes.section} aria-labelledby="checkout-billing">
          <h2 id="checkout-billing">{texts.billing}</h2>
          <AddressFields
            section="billing"
            address={draft.billing}
            errors={problems.billing}
            onChange={(billing) => {
              onProblems({ ...problems, billing: {} })
              state.setBilling(billing)
            }}
          />
        </section>
      )}
    </>
  )
}
