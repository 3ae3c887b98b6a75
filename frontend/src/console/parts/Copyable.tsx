import { type ReactNode, useState } from 'react'
import classes from './Copyable.module.css'
import { copyText } from './copyText'
import { CheckIcon, CopyIcon } from './icons'
import { texts } from './texts'

const SHOWN_MS = 1500

type CopyableProps = {
  text: string
  /** Shown in its place, such as the end of an id. */
  children?: ReactNode
}

/** A text of machines with a button that copies it. */
export function Copyable({ text, children }: CopyableProps) {
  return (
    <span className={classes.copyable}>
      {children ?? <code>{text}</code>}
      <CopyButton text={text} />
    </span>
  )
}

/** The button that copies a text. */
export function CopyButton({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    if (!(await copyText(text))) return
    setCopied(true)
    setTimeout(() => setCopied(false), SHOWN_MS)
  }
  return (
    <button
      type="button"
      className={classes.button}
      aria-label={texts.copy(text)}
      title={isCopied ? texts.copied : texts.copy(text)}
      onClick={() => void copy()}
    >
      {isCopied ? <CheckIcon size={12} /> : <CopyIcon size={12} />}
    </button>
  )
}
