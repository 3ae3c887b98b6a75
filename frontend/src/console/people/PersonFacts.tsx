import { CopyableId } from '../parts/Id'
import { Panel } from '../parts/ConsolePage'
import { Fact, Facts } from '../parts/Facts'
import { ConsoleLink } from '../parts/Links'
import { Time } from '../parts/Time'
import { fullName, type Person } from './queries'
import { texts } from './texts'

/** The facts about a person. */
export function PersonFacts({ person }: { person: Person }) {
  const { facts } = texts
  const { erasure } = person
  return (
    <Panel title={facts.title}>
      <Facts>
        <Fact name={facts.name}>{fullName(person)}</Fact>
        <Fact name={facts.username}>{person.username}</Fact>
        <Fact name={facts.phone}>{person.phoneNumber}</Fact>
        <Fact name={facts.address}>{addressOf(person)}</Fact>
        <Fact name={facts.created}>
          <Time at={person.createdAt} show="full" />
        </Fact>
        <Fact name={facts.updated}>
          <Time at={person.updatedAt} />
        </Fact>
        <Fact name={facts.id}>
          <CopyableId id={person.id} />
        </Fact>
        <Fact name={facts.erasure}>
          {erasure && (
            <ConsoleLink url={`/console/executions/erasure/${erasure.id}`}>
              {erasure.state}
            </ConsoleLink>
          )}
        </Fact>
      </Facts>
    </Panel>
  )
}

/** Return the address in one line; empty when there is none. */
function addressOf(person: Person): string {
  const { addressLine1, addressLine2, postalCode, city, state, country } = person
  const place = [postalCode, city].filter((part) => part !== '').join(' ')
  return [addressLine1, addressLine2, place, state, country]
    .filter((part) => part !== '')
    .join(', ')
}
