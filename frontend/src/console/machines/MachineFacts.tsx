import { durationText } from '../parts/duration'
import { Time } from '../parts/Time'
import classes from './Machines.module.css'
import type { MachineView } from './queries'
import { texts } from './texts'

/** The facts of a machine: its version and parent, its timers, and the last check of its histories. */
export function MachineFacts({ machine }: { machine: MachineView }) {
  const { facts } = texts
  const { version, parent, deadlines, operatorSignals, verify } = machine
  return (
    <dl className={classes.facts}>
      <div>
        <dt>{facts.version}</dt>
        <dd>{version}</dd>
      </div>
      {parent !== null && (
        <div>
          <dt>{facts.parent}</dt>
          <dd>{parent}</dd>
        </div>
      )}
      <div>
        <dt>{facts.verify}</dt>
        <dd data-wrong={verify !== null && verify.differences > 0}>
          {verify === null ? (
            facts.never
          ) : (
            <>
              {facts.differences(verify.differences)}, <Time at={verify.at} />
            </>
          )}
        </dd>
      </div>
      {deadlines.map(({ states, afterSeconds, signal }) => (
        <div key={`${signal} ${states.join(' ')}`}>
          <dt>{facts.deadline(states.join(', '))}</dt>
          <dd>
            <code>{signal}</code>{' '}
            {facts.after(afterSeconds.map((seconds) => durationText(seconds * 1000)).join(', '))}
          </dd>
        </div>
      ))}
      {operatorSignals.length > 0 && (
        <div>
          <dt>{facts.operators}</dt>
          <dd>
            <code>{operatorSignals.join(', ')}</code>
          </dd>
        </div>
      )}
    </dl>
  )
}
