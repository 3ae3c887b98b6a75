import { Copyable } from '../parts/Copyable'
import { ShortId } from '../parts/Id'
import { ConsoleLink } from '../parts/Links'
import classes from './Audit.module.css'
import { isId } from './subjects'

type NamedProps = {
  /** The path of its page, if it has one. */
  path: string | null
  /** A name, or an id. */
  name: string
  /** Shown instead of it, such as an address. */
  words?: string | null
}

/** A person or a thing that the audit names, with the way to its page. */
export function Named({ path, name, words = null }: NamedProps) {
  const isShort = words === null && isId(name)
  const text = words ?? name
  const content = isShort ? (
    <ShortId id={name} />
  ) : (
    <span className={classes.name} title={text}>
      {text}
    </span>
  )
  const link = path === null ? content : <ConsoleLink url={path}>{content}</ConsoleLink>
  return isShort ? <Copyable text={name}>{link}</Copyable> : link
}
