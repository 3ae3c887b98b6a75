import type { ReactNode } from 'react'
import { Button } from './Button'
import { CopyButton } from './Copyable'
import { DownloadIcon } from './icons'
import classes from './JsonView.module.css'
import { saveFile } from './saveFile'
import { ScrollRegion } from './ScrollRegion'
import { texts } from './texts'

type JsonViewProps = {
  value: unknown
  /** The name of the file for the download; without it there is none. */
  fileName?: string
}

/** A value as JSON: to read, to copy, to download. Objects within can be folded. */
export function JsonView({ value, fileName }: JsonViewProps) {
  const text = JSON.stringify(value, null, 2) ?? 'undefined'
  return (
    <div className={classes.view}>
      <div className={classes.tools}>
        <CopyButton text={text} />
        {fileName !== undefined && (
          <Button
            kind="quiet"
            label={texts.json.download}
            onClick={() => saveFile(fileName, text, 'application/json')}
          >
            <DownloadIcon size={12} />
          </Button>
        )}
      </div>
      <ScrollRegion className={classes.tree} label={texts.json.title}>
        <JsonNode value={value} />
      </ScrollRegion>
    </div>
  )
}

function JsonNode({ name, value }: { name?: string; value: unknown }): ReactNode {
  const label = name !== undefined && <span className={classes.name}>{name}: </span>
  if (typeof value !== 'object' || value === null) {
    return (
      <div className={classes.line}>
        {label}
        <span data-type={value === null ? 'null' : typeof value}>{JSON.stringify(value)}</span>
      </div>
    )
  }
  const isList = Array.isArray(value)
  const entries = Object.entries(value)
  const [open, close] = isList ? '[]' : '{}'
  if (entries.length === 0) {
    return (
      <div className={classes.line}>
        {label}
        {open}
        {close}
      </div>
    )
  }
  return (
    <details className={classes.node} open>
      <summary>
        {label}
        {open}
        <span className={classes.folded}>
          {entries.length} {close}
        </span>
      </summary>
      <div className={classes.entries}>
        {entries.map(([key, each]) => (
          <JsonNode key={key} name={isList ? undefined : key} value={each} />
        ))}
      </div>
      <div>{close}</div>
    </details>
  )
}
