import { Badge } from './ui/badge.tsx'
import { Card, CardBody, CardHeader } from './ui/card.tsx'
import { Description, DescriptionList } from './ui/description-list.tsx'

/** What the merchant's programs keep beside a row, to be read; nothing when there is none. */
export function MetadataList({ metadata, tags = [] }: { metadata: Record<string, string>; tags?: readonly string[] }) {
  const entries = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0 && tags.length === 0) return null
  return (
    <Card>
      <CardHeader title={entries.length > 0 ? 'Metadata' : 'Tags'} />
      <CardBody>
        {tags.length > 0 && (
          <p className={entries.length > 0 ? 'mb-2 flex flex-wrap gap-1' : 'flex flex-wrap gap-1'}>
            {tags.map((tag) => (
              <Badge key={tag} tone="accent">
                {tag}
              </Badge>
            ))}
          </p>
        )}
        {entries.length > 0 && (
          <DescriptionList>
            {entries.map(([name, value]) => (
              <Description key={name} name={<span className="break-words">{name}</span>}>
                {value}
              </Description>
            ))}
          </DescriptionList>
        )}
      </CardBody>
    </Card>
  )
}
