import { useState } from 'react'
import classes from './Copyable.module.css'
import { copyText } from './copyText'
import { CheckIcon, CopyIcon } from './icons'
import { texts } from './texts'

type CopyableProps = {
  text: string
  /** The first characters only, as for ids. The whole is in the title, and is copied. */
  length?: number
}

const SHOWN_MS = 1500

/** An id, or another text of machines, with a button that copies it. */
export function Copyable({ text, length }: CopyableProps) {
  return (
    <span className={classes.copyable}>
      <code title={text}>{text.slice(0, length)}</code>
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
