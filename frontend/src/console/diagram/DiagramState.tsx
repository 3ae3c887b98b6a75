import { StateShape } from '../../ui/StateBadge'
import { KIND_TONES } from '../parts/StateLabel'
import type { Point, Sizes } from './layout'
import type { DiagramStateInfo } from './StateDiagram'
import classes from './StateDiagram.module.css'

type DiagramStateProps = {
  state: DiagramStateInfo
  place: Point
  sizes: Sizes
  onChoose?: (name: string) => void
}

/** A state of a diagram: a box in its colour, with its shape and name. A button if it leads on. */
export function DiagramState({ state, place, sizes, onChoose }: DiagramStateProps) {
  const { name, kind, note = '', isCurrent = false, isPassed = false } = state
  const content = (
    <>
      <span className={classes.name}>
        <StateShape tone={KIND_TONES[kind]} size={10} />
        {name}
      </span>{' '}
      {note !== '' && <span className={classes.note}>{note}</span>}
    </>
  )
  const shared = {
    className: classes.state,
    'data-tone': KIND_TONES[kind],
    'data-current': isCurrent,
    'data-passed': isPassed,
  }
  return (
    <foreignObject
      x={place.x - sizes.width / 2}
      y={place.y - sizes.height / 2}
      width={sizes.width}
      height={sizes.height}
      className={classes.box}
    >
      {onChoose === undefined ? (
        <div {...shared}>{content}</div>
      ) : (
        <button type="button" {...shared} onClick={() => onChoose(name)}>
          {content}
        </button>
      )}
    </foreignObject>
  )
}
