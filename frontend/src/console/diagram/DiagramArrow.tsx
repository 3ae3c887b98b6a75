import type { Point } from './layout'
import type { DiagramArrowInfo } from './StateDiagram'
import classes from './StateDiagram.module.css'
import { texts } from './texts'

type DiagramArrowProps = {
  arrow: DiagramArrowInfo
  marker: string
  path: string
  label: Point
  /** The room for the label. */
  width: number
  onChoose?: (arrow: DiagramArrowInfo) => void
}

const HEIGHT = 22

/** An arrow of a diagram with its signals. A button if it can be sent. */
export function DiagramArrow({ arrow, marker, path, label, width, onChoose }: DiagramArrowProps) {
  const { from, to, kind = 'plain', hint } = arrow
  const words = texts.arrow(from, to, arrow.label)
  return (
    <g className={classes.arrow} data-kind={kind}>
      <title>{hint === undefined ? words : `${words}. ${hint}`}</title>
      <path d={path} className={classes.edge} markerEnd={`url(#${marker})`} />
      <foreignObject
        x={label.x - width / 2}
        y={label.y - HEIGHT / 2}
        width={width}
        height={HEIGHT}
        className={classes.labelBox}
      >
        <div className={classes.labelPlace}>
          {onChoose === undefined ? (
            <span className={classes.label}>{arrow.label}</span>
          ) : (
            <button
              type="button"
              className={classes.label}
              aria-label={words}
              title={hint}
              onClick={() => onChoose(arrow)}
            >
              {arrow.label}
            </button>
          )}
        </div>
      </foreignObject>
    </g>
  )
}
