import { Button } from '../../parts/Button'
import { ChevronLeftIcon, ChevronRightIcon } from '../../parts/icons'
import classes from './Machine.module.css'
import { texts } from './texts'

type VersionPickerProps = { version: number; last: number; onChange: (version: number) => void }

/** The slider through the versions of a row. */
export function VersionPicker({ version, last, onChange }: VersionPickerProps) {
  if (last < 2) return null
  return (
    <div className={classes.picker}>
      <Button
        kind="quiet"
        label={texts.earlier}
        isDisabled={version <= 1}
        onClick={() => onChange(version - 1)}
      >
        <ChevronLeftIcon size={14} />
      </Button>
      <input
        type="range"
        min={1}
        max={last}
        value={version}
        aria-label={texts.version}
        aria-valuetext={texts.of(version, last)}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
      <Button
        kind="quiet"
        label={texts.later}
        isDisabled={version >= last}
        onClick={() => onChange(version + 1)}
      >
        <ChevronRightIcon size={14} />
      </Button>
      <span className={classes.place}>{texts.of(version, last)}</span>
      {version < last && <Button onClick={() => onChange(last)}>{texts.now}</Button>}
    </div>
  )
}
