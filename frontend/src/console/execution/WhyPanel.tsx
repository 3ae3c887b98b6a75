import { Link } from '@tanstack/react-router'
import type { Tone } from '../../ui/StateBadge'
import { StateShape } from '../../ui/StateBadge'
import { Time } from '../parts/Time'
import { ActionBar } from './doing/ActionBar'
import type { Execution, Order } from './queries'
import { texts } from './texts'
import classes from './Why.module.css'

const TONES: Record<Execution['why']['kind'], Tone> = {
  nothing: 'ended',
  activity: 'active',
  deadline: 'waiting',
  poll: 'waiting',
  paused: 'waiting',
  limited: 'waiting',
  person: 'waiting',
  child: 'active',
  stuck: 'failed',
}

type WhyPanelProps = { execution: Execution; order: Order | undefined }

/** The sentence that says why nothing is happening, with what helps. */
export function WhyPanel({ execution, order }: WhyPanelProps) {
  const { why, children } = execution
  const tone = why.kind === 'nothing' ? 'good' : TONES[why.kind]
  const child =
    why.kind === 'child'
      ? children.find(({ machine }) => why.sentence.includes(`its ${machine},`))
      : undefined
  return (
    <section className={classes.why} data-tone={tone} aria-label={texts.why.title}>
      <p className={classes.kind}>
        <StateShape tone={TONES[why.kind]} /> {texts.why[why.kind]}
        {why.at !== null && (
          <span className={classes.at}>
            <Time at={why.at} />
          </span>
        )}
      </p>
      <p className={classes.sentence}>
        {why.sentence}{' '}
        {child !== undefined && (
          <Link
            to="/console/executions/$machine/$id"
            params={{ machine: child.machine, id: child.id }}
          >
            {texts.why.open(child.machine)}
          </Link>
        )}
      </p>
      <ActionBar execution={execution} order={order} />
    </section>
  )
}
