import { useQuery } from '@tanstack/react-query'
import { Skeleton } from '@mantine/core'
import { LoadError } from '../../../ui/LoadError'
import { StateShape, type Tone } from '../../../ui/StateBadge'
import { Button } from '../../parts/Button'
import { Panel } from '../../parts/ConsolePage'
import { Time } from '../../parts/Time'
import { bankQuery, type Comparison, type Order } from '../queries'
import { compareRows, isAwaited } from './compareRows'
import classes from './Order.module.css'
import { ReconcileButton } from './ReconcileButton'
import { texts } from './texts'

/** Our book beside the bank: what the rows say, and what Stripe says when it is asked. */
export function BankPanel({ order }: { order: Order }) {
  const bank = useQuery(bankQuery(order))
  const compare = () => void bank.refetch()
  return (
    <Panel title={texts.bank}>
      {bank.data !== undefined && <Compared comparison={bank.data} />}
      {bank.isPending && (
        <div aria-busy="true">
          <p className={classes.quiet}>{texts.asking}</p>
          <Skeleton height={74} radius="sm" />
        </div>
      )}
      {bank.isError && <LoadError error={bank.error} onRetry={compare} />}
      <div className={classes.buttons}>
        <Button isBusy={bank.isFetching} onClick={compare}>
          {texts.compare}
        </Button>
        <ReconcileButton onDone={compare} />
      </div>
    </Panel>
  )
}

function Compared({ comparison }: { comparison: Comparison }) {
  const { isEqual, differences, problem, askedAt } = comparison
  const tone: Tone = isEqual === null ? 'waiting' : isEqual ? 'good' : 'failed'
  const equal = comparison.book.refunds.some(isAwaited) ? texts.equalBut : texts.equal
  const verdict = isEqual ? equal : texts.different(differences.length)
  return (
    <>
      <table className={classes.compare}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{texts.field}</span>
            </th>
            <th scope="col">{texts.book}</th>
            <th scope="col">{texts.bankSide}</th>
          </tr>
        </thead>
        <tbody>
          {compareRows(comparison).map(({ name, book, bank, isDifferent }) => (
            <tr key={name} data-different={isDifferent}>
              <th scope="row">{name}</th>
              <td className="tabular">{book}</td>
              <td className="tabular">{bank}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.verdict} data-tone={tone}>
        <StateShape tone={tone} /> {problem ?? verdict}
      </p>
      {isEqual === false && (
        <>
          <ul className={classes.rows}>
            {differences.map(({ field, book, bank }) => (
              <li key={field}>
                <code>{field}</code> {book ?? texts.missing} ≠ {bank ?? texts.missing}
              </li>
            ))}
          </ul>
          <p className={classes.quiet}>{texts.perhapsLate}</p>
        </>
      )}
      <p className={classes.quiet}>
        {texts.asked} <Time at={askedAt} />
      </p>
    </>
  )
}
