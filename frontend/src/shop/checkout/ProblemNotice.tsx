import { Link } from '@tanstack/react-router'
import type { ProblemKind } from '../../api/types'
import { Notice } from '../../ui/Notice'
import { useProblemTexts } from '../../ui/problemTexts'
import type { Tone } from '../../ui/StateBadge'
import { useCountdown } from '../../ui/useCountdown'
import { useRefusalText } from '../../ui/useErrorText'
import type { PayProblem } from './problems'
import { useCheckoutTexts } from './texts'

type Words = { tone: Tone; title?: string; lead: string }

/** The message about a press of Pay that did not end in a payment. `total` is the current one. */
export function ProblemNotice({ problem, total }: { problem: PayProblem; total: string }) {
  const words = useWords(problem, total)
  if (problem.kind === 'limited') return <LimitNotice limit={problem.limit} until={problem.until} />
  return (
    <Notice tone={words.tone} title={words.title}>
      {words.lead}
    </Notice>
  )
}

function useWords(problem: PayProblem, total: string): Words {
  const texts = useCheckoutTexts()
  const refusalText = useRefusalText()
  const simple = {
    totalChanged: [texts.totalChanged(total), texts.totalChangedLead],
    lines: [texts.linesWrong, texts.linesWrongLead],
    unconfirmed: [texts.unconfirmed, texts.unconfirmedLead],
    notReady: [texts.notReady, texts.notReadyLead],
    offline: [texts.offline, texts.offlineLead],
    fields: [undefined, texts.fieldsWrong],
    limited: [undefined, ''],
  } as const
  if (problem.kind === 'declined') {
    return { tone: 'failed', title: texts.declined, lead: texts.declinedLead(problem.message) }
  }
  if (problem.kind === 'refused') return { tone: 'failed', lead: refusalText(problem.error) }
  if (problem.kind === 'failed') {
    const request = problem.requestId === '' ? '' : ` ${texts.request(problem.requestId)}`
    return { tone: 'failed', title: texts.failed, lead: texts.failedLead + request }
  }
  const [title, lead] = simple[problem.kind]
  const isOpen = problem.kind === 'unconfirmed' || problem.kind === 'notReady'
  return { tone: isOpen ? 'waiting' : 'failed', title, lead }
}

function LimitNotice({ limit, until }: { limit: ProblemKind; until: number }) {
  const texts = useCheckoutTexts()
  const { kinds: limits } = useProblemTexts()
  const seconds = useCountdown(until)
  return (
    <Notice
      tone="waiting"
      title={limits[limit]}
      action={limit === 'unpaidOrders' ? <Link to="/orders">{texts.yourOrders}</Link> : undefined}
    >
      {seconds > 0 && texts.limited(seconds)}
    </Notice>
  )
}
