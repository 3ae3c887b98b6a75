import { Copyable } from './Copyable'
import classes from './Id.module.css'

const SHOWN_LENGTH = 8
const PREFIX = /^[a-z]+_/

/**
 * Return the end of an id, which tells it apart: a UUID of version 7 begins with its time. The ids
 * of Stripe keep their prefix, which names the kind of thing.
 */
export function shortId(id: string): string {
  const [prefix = ''] = PREFIX.exec(id) ?? []
  if (id.length <= prefix.length + SHOWN_LENGTH) return id
  return `${prefix === '' ? '' : `${prefix}…`}${id.slice(-SHOWN_LENGTH)}`
}

/** Return the number by which emails and customers name an order. The search finds it. */
export function orderNumber(id: string): string {
  return id.slice(-SHOWN_LENGTH).toUpperCase()
}

/** A key on one line. A phone leaves out the beginning of a reference: its end tells it apart. */
export function Key({ children }: { children: string }) {
  return (
    <span className={classes.key} data-is-name={children.includes('@')}>
      <bdi>{children}</bdi>
    </span>
  )
}

/** The number of an order, and the end of its reference, which is whole in the title. */
export function NumberedKey({ id, children }: { id: string; children: string }) {
  return (
    <span className={classes.numbered} title={children}>
      <span className="tabular">{orderNumber(id)}</span> <Key>{children}</Key>
    </span>
  )
}

/** An id by its end. The whole of it is in the title. */
export function ShortId({ id }: { id: string }) {
  return <code title={id}>{shortId(id)}</code>
}

/** An id by its end, with a button that copies the whole of it. */
export function CopyableId({ id }: { id: string }) {
  return (
    <Copyable text={id}>
      <ShortId id={id} />
    </Copyable>
  )
}
