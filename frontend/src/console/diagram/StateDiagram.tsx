import { useId, useMemo } from 'react'
import { ScrollRegion } from '../parts/ScrollRegion'
import type { StateKind } from '../parts/StateLabel'
import { DiagramArrow } from './DiagramArrow'
import { DiagramState } from './DiagramState'
import { layOut } from './layout'
import { drawEdges } from './path'
import classes from './StateDiagram.module.css'
import { texts } from './texts'

export type DiagramStateInfo = {
  name: string
  kind: StateKind
  /** A line below the name, such as the number of executions in it. */
  note?: string
  isCurrent?: boolean
  isPassed?: boolean
}

export type DiagramArrowInfo = {
  from: string
  to: string
  /** The signals that take this way. */
  label: string
  /** `taken` is drawn bold, `refused` dashed. */
  kind?: 'plain' | 'taken' | 'allowed' | 'refused'
  /** The reason of a refusal, or other facts. */
  hint?: string
}

type StateDiagramProps = {
  /** The name of the machine. */
  label: string
  states: readonly DiagramStateInfo[]
  arrows: readonly DiagramArrowInfo[]
  /** Drawn closer together, where there is little room. */
  isCompact?: boolean
  onState?: (name: string) => void
  onArrow?: (arrow: DiagramArrowInfo) => void
}

// A wide machine is drawn smaller to fit, as long as it can be read; then it scrolls.
const MIN_SCALE = 0.8
const WIDE = { width: 128, height: 46, gapX: 124, gapY: 30 }
// With it, a machine of four layers fits beside the panels of its page on a screen of 1280 pixels.
const COMPACT = { ...WIDE, width: 112, gapX: 96 }

/** A machine as a diagram: states as boxes, signals as arrows between them. */
export function StateDiagram(props: StateDiagramProps) {
  const { label, states, arrows, isCompact = false, onState, onArrow } = props
  const sizes = isCompact ? COMPACT : WIDE
  const marker = useId()
  const drawn = useMemo(() => arrows.filter(({ from, to }) => from !== to), [arrows])
  const layout = useMemo(() => {
    const names = states.map(({ name }) => name)
    return layOut(names, drawn, sizes)
  }, [states, drawn, sizes])
  const lines = useMemo(() => {
    const labels = drawn.map((arrow) => arrow.label)
    return drawEdges(layout, labels, sizes)
  }, [layout, drawn, sizes])
  return (
    <ScrollRegion className={classes.scroller} label={texts.label(label)}>
      {/* Without the role, it would be a picture to screen readers, whose buttons are not read. */}
      <svg
        role="group"
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        width={layout.width}
        className={classes.diagram}
        style={{ minWidth: layout.width * MIN_SCALE }}
      >
        <defs>
          <marker
            id={marker}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="9"
            markerHeight="9"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" fill="context-stroke" />
          </marker>
        </defs>
        {drawn.map((arrow, index) => {
          const line = lines[index]
          if (line === undefined) return null
          return (
            <DiagramArrow
              key={`${arrow.from} ${arrow.to} ${arrow.label}`}
              arrow={arrow}
              marker={marker}
              {...line}
              width={sizes.gapX}
              onChoose={onArrow}
            />
          )
        })}
        {layout.nodes.map((node, index) => {
          const state = states[index]
          if (state === undefined) return null
          return (
            <DiagramState
              key={node.name}
              state={state}
              place={node}
              sizes={sizes}
              onChoose={onState}
            />
          )
        })}
      </svg>
    </ScrollRegion>
  )
}
