import type { ReactNode } from 'react'
import { PageHeading } from './Page'
import classes from './ScenePage.module.css'

type ScenePageProps = {
  title: string
  lead: string
  /** The address of a square picture, which is decoration. */
  picture: string
  children: ReactNode
}

/** A page of a few words beside a picture. */
export function ScenePage({ title, lead, picture, children }: ScenePageProps) {
  return (
    <section className={classes.scene}>
      <div>
        <PageHeading title={title}>{title}</PageHeading>
        <p className={classes.lead}>{lead}</p>
        <div className={classes.content}>{children}</div>
      </div>
      <img className={classes.picture} src={picture} alt="" width={480} height={480} />
    </section>
  )
}
