import { Page } from '../../ui/Page'
import classes from './Prose.module.css'

export type ProseTexts = {
  title: string
  lead: string
  parts: readonly { title: string; paragraphs: readonly string[] }[]
}

/** A page of text in parts. */
export function Prose({ texts }: { texts: ProseTexts }) {
  return (
    <Page title={texts.title} lead={texts.lead} narrow>
      {texts.parts.map(({ title, paragraphs }) => (
        <section key={title} className={classes.part}>
          <h2>{title}</h2>
          {paragraphs.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </section>
      ))}
    </Page>
  )
}
