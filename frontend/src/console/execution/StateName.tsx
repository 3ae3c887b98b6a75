import type { StateKind } from '../parts/StateLabel'
import { StateLabel } from '../parts/StateLabel'
import { useStateKinds } from './machines'

/** A state of a machine with its colour and shape, where only its name is known. */
export function StateName({ machine, state }: { machine: string; state: string }) {
  const kind: StateKind | undefined = useStateKinds()(machine, state)
  return kind === undefined ? <strong>{state}</strong> : <StateLabel kind={kind} state={state} />
}
