import { Notice } from '../../ui/Notice'
import { ShortId } from './Id'
import { Money } from './Money'
import { changedValue } from './values'
import { texts } from './texts'
import classes from './WritesPreview.module.css'

type Change = {
  field: string
  before: unknown
  after: unknown
  /** The currency of an amount, and the values in its major units. */
  currency?: string | null
  major?: { before: number | null; after: number | null } | null
}
type Write = { table: string; id: string; kind: 'insert' | 'update' | 'delete'; changes: Change[] }

type WritesPreviewProps = {
  /** The machine's reason against it, or null. */
  refusal: string | null
  writes: readonly Write[]
  /** The names of what would be started and sent. */
  activities: readonly string[]
  emails: readonly string[]
}

/** The rows that an action would write, from a transaction that was rolled back. */
export function WritesPreview({ refusal, writes, activities, emails }: WritesPreviewProps) {
  const { preview } = texts
  if (refusal !== null) {
    return (
      <Notice tone="failed" title={preview.refused}>
        {refusal}
      </Notice>
    )
  }
  return (
    <div className={classes.preview}>
      <p className={classes.title}>{preview.title}</p>
      {writes.length === 0 && <p>{preview.nothing}</p>}
      <ul>
        {writes.map((write) => (
          <li key={`${write.table} ${write.id}`}>
            <code>{write.table}</code> <ShortId id={write.id} />{' '}
            <span data-kind={write.kind}>{preview.kinds[write.kind]}</span>
            <Changes changes={write.changes} />
          </li>
        ))}
      </ul>
      <dl>
        <dt>{preview.activities}</dt>
        <dd>{activities.length === 0 ? preview.none : activities.join(', ')}</dd>
        <dt>{preview.emails}</dt>
        <dd>{emails.length === 0 ? preview.none : emails.join(', ')}</dd>
      </dl>
    </div>
  )
}

/** The fields of a row before and after a change. */
export function Changes({ changes }: { changes: readonly Change[] }) {
  return (
    <table className={classes.changes}>
      <tbody>
        {changes.map((change) => (
          <tr key={change.field}>
            <th scope="row">{change.field}</th>
            <td>
              {change.before !== null && change.before !== undefined && (
                <>
                  <del>
                    <Value change={change} at="before" />
                  </del>{' '}
                </>
              )}
              <ins>
                <Value change={change} at="after" />
              </ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Value({ change, at }: { change: Change; at: 'before' | 'after' }) {
  const amount = change.major?.[at] ?? null
  const { currency = null } = change
  if (amount !== null && currency !== null) return <Money amount={amount} currency={currency} />
  return <>{changedValue(change[at])}</>
}
