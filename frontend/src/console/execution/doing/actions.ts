import type { Draft } from '../../parts/draft'
import type { Execution, Order, Signal } from '../queries'
import { texts } from './texts'

/** Something that an operator can do with an execution, with the reason against it, if any. */
export type Action = Signal & { verb: string; lead: string }

/** Return the actions of an execution. An order's own checks say more than its machine's arrows. */
export function listActions(execution: Execution, order: Order | undefined): Action[] {
  const names = order?.options.map(({ action }): string => action) ?? []
  const place = ({ signal }: Signal) =>
    names.includes(signal) ? names.indexOf(signal) : names.length
  return execution.signals
    .toSorted((a, b) => place(a) - place(b))
    .map((signal) => {
      const key = `${execution.machine} ${signal.signal}`
      const option = order?.options.find(({ action }) => action === signal.signal)
      const refusal = option === undefined ? signal.refusal : option.refusal
      return {
        ...signal,
        refusal,
        allowed: refusal === null,
        verb:
          texts.verbs[key] ?? (signal.isRaw ? texts.send(signal.signal) : capital(signal.signal)),
        lead: texts.leads[key] ?? (signal.isRaw ? texts.rawLead(signal.signal) : ''),
      }
    })
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ')
}

/** Return the reason against an action by the operator's role, or its own, or null. */
export function refusalOf(action: Action, roleRefusal: string | null): string | null {
  return action.refusal ?? roleRefusal
}

/** How much a person has to do to confirm: press, press red, or type which execution it is. */
export type Danger = 'plain' | 'grave' | 'typed'

/** Return the size of the confirmation that an action needs. */
export function dangerOf({ signal, isDangerous }: Action): Danger {
  if (isDangerous) return 'typed'
  return ['cancel', 'refund'].includes(signal) ? 'grave' : 'plain'
}

/** Return the fields of an action that were filled in, as the API takes them. */
export function fieldsOf({ needs }: Pick<Action, 'needs'>, draft: Draft): Record<string, string> {
  return Object.fromEntries(
    needs.flatMap(({ name, kind }) => {
      const value = draft[name]?.trim() ?? ''
      const text = kind === 'amount' ? value.replace(',', '.') : value
      return text === '' ? [] : [[name, text]]
    }),
  )
}
