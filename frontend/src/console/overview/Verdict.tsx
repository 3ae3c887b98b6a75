import type { OverviewView } from '../../api/types'
import { StateShape } from '../../ui/StateBadge'
import { ConsoleLink } from '../parts/Links'
import classes from './Overview.module.css'
import { findProblems } from './problems'
import { texts } from './texts'

/** Whether the shop is well, and if not, what needs attention. */
export function Verdict({ overview }: { overview: OverviewView }) {
  const problems = findProblems(overview)
  const isWell = problems.length === 0
  const tone = isWell ? 'good' : (problems[0]?.tone ?? 'waiting')
  return (
    <section className={classes.verdict} data-tone={tone}>
      <StateShape tone={tone} size={18} />
      <div>
        <h2 aria-live="polite">{isWell ? texts.well : texts.attention(problems.length)}</h2>
        {isWell ? (
          <p>{texts.wellLead}</p>
        ) : (
          <ul>
            {problems.map((problem) => (
              <li key={problem.text} data-tone={problem.tone}>
                <StateShape tone={problem.tone} size={10} />
                {problem.path === '/console' ? (
                  problem.text
                ) : (
                  <ConsoleLink url={problem.path}>{problem.text}</ConsoleLink>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}
