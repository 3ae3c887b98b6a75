import classes from './Picture.module.css'

type PictureProps = {
  src: string
  alt: string
  /** The picture is among the first things that a visitor sees. */
  eager?: boolean
  className?: string
}

/** A square picture of a product. Its place is kept while it loads. */
export function Picture({ src, alt, eager = false, className }: PictureProps) {
  return (
    <img
      className={[classes.picture, className].filter(Boolean).join(' ')}
      src={src}
      alt={alt}
      width={600}
      height={600}
      decoding="async"
      loading={eager ? 'eager' : 'lazy'}
      fetchPriority={eager ? 'high' : 'auto'}
    />
  )
}
