import type { DryRunView } from '../../api/types'
import { ScrollRegion } from '../parts/ScrollRegion'
import { countText } from '../parts/Count'
import { ErrorCell } from '../parts/ErrorCell'
import { CopyableId } from '../parts/Id'
import classes from './Bulk.module.css'
import { texts } from './texts'

/** What a bulk job would change now: how many rows of each kind, and the oldest of them. */
export function DryRunResult({ dryRun }: { dryRun: DryRunView }) {
  const { count, kinds, examples } = dryRun
  const { dialog } = texts
  if (count === 0) return <p className={classes.none}>{dialog.none}</p>
  const number = countText({ number: count, isExact: true })
  return (
    <>
      <p className={classes.count}>{count === 1 ? dialog.countOne : dialog.count(number)}</p>
      <ul className={classes.kinds}>
        {Object.entries(kinds).map(([kind, each]) => (
          <li key={kind}>
            <code>{kind}</code> <span className="tabular">{each}</span>
          </li>
        ))}
      </ul>
      <ScrollRegion className={classes.examples} label={dialog.examples(examples.length, number)}>
        <table>
          <caption>{dialog.examples(examples.length, number)}</caption>
          <thead>
            <tr>
              <th scope="col">{dialog.row}</th>
              <th scope="col">{dialog.kind}</th>
              <th scope="col">{dialog.state}</th>
              <th scope="col">{dialog.error}</th>
            </tr>
          </thead>
          <tbody>
            {examples.map(({ id, kind, state, lastError }) => (
              <tr key={id}>
                <td>
                  <CopyableId id={id} />
                </td>
                <td>{kind}</td>
                <td>{state}</td>
                <td>
                  <ErrorCell error={lastError} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  )
}
