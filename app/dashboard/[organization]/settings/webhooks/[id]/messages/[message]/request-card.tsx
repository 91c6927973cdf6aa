import { Card, CardBody, CardHeader } from '#components/ui/card.tsx'
import { CodeBlock } from '#components/ui/code-block.tsx'
import { Description, DescriptionList } from '#components/ui/description-list.tsx'
import type { EndpointDetail, ShownMessage } from '#lib/webhook-endpoints/queries.ts'

/** What is posted: its headers, of which two are made anew for each attempt, and the body that was sent last. */
export function RequestCard({ message, endpoint }: { message: ShownMessage; endpoint: EndpointDetail }) {
  const { id, body, tries, isMasked } = message
  return (
    <>
      <Card>
        <CardHeader title="Headers" />
        <CardBody>
          <DescriptionList className="grid-cols-[minmax(112px,156px)_minmax(0,1fr)]!">
            <Header name="webhook-id">
              <code className="break-all font-mono text-sm">{id}</code>
            </Header>
            <Header name="webhook-timestamp">The second of the attempt, as Unix time.</Header>
            <Header name="webhook-signature">
              <code className="font-mono text-sm">v1,</code> and the HMAC-SHA256 of id, timestamp and body with points
              between them, in base64{endpoint.formerSecretUntil ? '; one for each of the two secrets' : ''}. Made anew
              for each attempt.
            </Header>
            <Header name="content-type">
              <code className="font-mono text-sm">application/json</code>
            </Header>
            <Header name="latchkey-version">
              <code className="font-mono text-sm">{endpoint.version}</code>
            </Header>
            {endpoint.headerNames.map((name) => (
              <Header key={name} name={name}>
                Yours; its value is shown to nobody.
              </Header>
            ))}
          </DescriptionList>
        </CardBody>
      </Card>
      {body === null ? (
        <Card>
          <CardHeader title="Body" />
          <CardBody className="text-mute">
            {tries.length === 0
              ? 'It is written when it is sent, from the record as it is then.'
              : 'Your role may not see what is in it.'}
          </CardBody>
        </Card>
      ) : (
        <div className="grid gap-1.5">
          <CodeBlock title="Body, as it was sent last" code={body} wrap>
            {inLines(body)}
          </CodeBlock>
          {isMasked && (
            <p className="text-pretty text-mute text-sm">
              The whole key string was sent. Here only its end is shown; the page of the key reveals it.
            </p>
          )}
        </div>
      )}
    </>
  )
}

function Header({ name, children }: { name: string; children: React.ReactNode }) {
  return <Description name={<code className="break-all font-mono text-sm">{name}</code>}>{children}</Description>
}

/** JSON with its lines; anything else as it is. */
function inLines(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
