import { Link } from '@tanstack/react-router'
import { ConsolePage } from '../parts/ConsolePage'
import { texts } from './texts'

/** The page of an unknown address below /console. */
export function NoSuchPage() {
  return (
    <ConsolePage title={texts.missing.title} lead={texts.missing.lead}>
      <p>
        <Link to="/console/executions">{texts.missing.back}</Link>
      </p>
    </ConsolePage>
  )
}
