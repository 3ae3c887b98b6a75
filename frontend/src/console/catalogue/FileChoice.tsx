import { useState } from 'react'
import { Notice } from '../../ui/Notice'
import classes from './Import.module.css'
import { MAX_FILE_BYTES } from './importFile'
import { texts } from './texts'

type FileChoiceProps = { isBusy: boolean; onChoose: (file: File) => void }

const { imports: words } = texts

/** The field for a file, into which one can be dropped as well. */
export function FileChoice({ isBusy, onChoose }: FileChoiceProps) {
  const [isTooLarge, setTooLarge] = useState(false)
  const choose = (file: File | undefined) => {
    if (file === undefined || isBusy) return
    setTooLarge(file.size > MAX_FILE_BYTES)
    if (file.size <= MAX_FILE_BYTES) onChoose(file)
  }
  return (
    <>
      <label className={classes.place} data-busy={isBusy}>
        {/* The field covers the whole place: files are dropped on it, as the browser does that. */}
        <input
          type="file"
          accept=".csv,text/csv"
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            choose(currentTarget.files?.[0])
            // The same file, corrected, can be chosen again.
            currentTarget.value = ''
          }}
        />
        <strong>{words.choose}</strong> <span>{words.drop}</span>
        <p>{words.columns}</p>
      </label>
      {isTooLarge && <Notice tone="failed">{words.tooLarge}</Notice>}
    </>
  )
}
