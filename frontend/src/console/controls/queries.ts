import { polledQuery } from '../live/polled'

/** The pauses and limits in force, and everything that can be paused. */
export function controlsQuery() {
  return polledQuery('controls', 'GET /admin/controls', {})
}
