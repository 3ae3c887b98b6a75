import { useEffect, useState } from 'react'
import type { UserView } from '../../api/types'
import { type Address, addressOf, isSameAddress } from './address'
import { type Draft, readDraft, writeDraft } from './draft'

export type DraftState = {
  draft: Draft
  /** The address differs from the one of the profile. */
  canSave: boolean
  setDelivery: (address: Address) => void
  setBilling: (address: Address | null) => void
  setSaved: (isSaved: boolean) => void
}

/** Return what the person types: at first what this tab remembers, else their profile. */
export function useDraft(user: UserView): DraftState {
  const [draft, setDraft] = useState<Draft>(() => readDraft(user.id) ?? newDraft(user))
  useEffect(() => writeDraft(user.id, draft), [user.id, draft])
  return {
    draft,
    canSave: !isSameAddress(draft.delivery, addressOf(user)),
    setDelivery: (delivery) => setDraft((current) => ({ ...current, delivery })),
    setBilling: (billing) => setDraft((current) => ({ ...current, billing })),
    setSaved: (isSaved) => setDraft((current) => ({ ...current, isSaved })),
  }
}

/** A profile without an address gets the first one that its person types, unless they object. */
function newDraft(user: UserView): Draft {
  return { delivery: addressOf(user), billing: null, isSaved: user.addressLine1 === '' }
}
