import { StateBadge, type Tone } from '../../ui/StateBadge'
import classes from './StateLabel.module.css'

/** The kinds of states, as the API names them. */
export type StateKind = 'waiting' | 'underWay' | 'good' | 'done' | 'ended' | 'wrong'

export const KIND_TONES: Record<StateKind, Tone> = {
  waiting: 'waiting',
  underWay: 'active',
  good: 'good',
  done: 'done',
  ended: 'ended',
  wrong: 'failed',
}

/** The state of an execution as colour, shape and word, small enough for a table. */
export function StateLabel({ kind, state }: { kind: StateKind; state: string }) {
  return (
    <span className={classes.small}>
      <StateBadge tone={KIND_TONES[kind]}>{state}</StateBadge>
    </span>
  )
}
