import type { OverviewView, WorkerView } from '../../api/types'
import { Panel } from '../parts/ConsolePage'
import { ConsoleLink } from '../parts/Links'
import { StateLabel } from '../parts/StateLabel'
import classes from './Overview.module.css'
import { texts } from './texts'

const { queues: words } = texts

/** The messages of each queue, and whether its workers are up. */
export function QueuesPanel({ overview: { queues, workers } }: { overview: OverviewView }) {
  const names = [...new Set([...queues, ...workers].map(({ name }) => name))]
  const isUnreachable = queues.some(({ interactive }) => interactive === null)
  return (
    <Panel title={words.title}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col" data-align="end">
              {words.interactive}
            </th>
            <th scope="col" data-align="end">
              {words.background}
            </th>
            <th scope="col">{words.worker}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const queue = queues.find((each) => each.name === name)
            const worker = workers.find((each) => each.name === name)
            return (
              <tr key={name}>
                <th scope="row">
                  {queue === undefined ? name : <ConsoleLink url={queue.path}>{name}</ConsoleLink>}
                </th>
                <td data-align="end">{queue?.interactive ?? words.none}</td>
                <td data-align="end">{queue?.background ?? words.none}</td>
                <td>{worker === undefined ? words.none : <Presence worker={worker} />}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {isUnreachable && <p className={classes.small}>{words.unreachable}</p>}
    </Panel>
  )
}

function Presence({ worker: { isPresent } }: { worker: WorkerView }) {
  if (isPresent === null) return <StateLabel kind="waiting" state={words.unknown} />
  return isPresent ? (
    <StateLabel kind="good" state={words.present} />
  ) : (
    <StateLabel kind="wrong" state={words.absent} />
  )
}
