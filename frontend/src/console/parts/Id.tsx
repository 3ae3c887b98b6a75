import { Copyable } from './Copyable'

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
