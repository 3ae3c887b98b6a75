import { texts } from './texts'

/** The figures of a limit as they are typed. Empty ones limit nothing. */
export type Figures = { perSecond: string; burst: string; atOnce: string }
type FigureName = keyof Figures
type FigureErrors = Partial<Record<FigureName, string>>

type Limit = { perSecond: number | null; burst: number | null; atOnce: number | null }

/** Return the limit of typed figures, and what is wrong with each of them. */
export function readFigures(figures: Figures): { limit: Limit; errors: FigureErrors } {
  const errors: FigureErrors = {}
  const read = (name: FigureName): number | null => {
    const text = figures[name].trim()
    if (text === '') return null
    const value = Number(text)
    if (Number.isFinite(value) && value > 0) return value
    errors[name] = texts.limitDialog.figure
    return null
  }
  const limit = { perSecond: read('perSecond'), burst: read('burst'), atOnce: read('atOnce') }
  const isEmpty = limit.perSecond === null && limit.atOnce === null
  if (isEmpty && Object.keys(errors).length === 0) errors.perSecond = texts.limitDialog.one
  return { limit, errors }
}
