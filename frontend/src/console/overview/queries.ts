import { polledQuery } from '../live/polled'

/** The state of the shop at a glance, at most two seconds old. */
export function overviewQuery() {
  return polledQuery('overview', 'GET /admin/overview', {})
}
