/** What a message of a trial says; `$AT` is the moment in seconds, and `$NOW` in ISO 8601. */
export type Trial = {
  address: string
  secret: string
  productId: string
  productName: string
  email: string
  name: string
}

/** Buys one of a product as a shop of one's own would: a really signed message, as commands of a shell. */
export function signedPurchase({ address, secret, productId, productName, email, name }: Trial): string {
  const body = {
    ...{ type: 'purchase.updated', timestamp: '$NOW' },
    data: {
      ...{ order_id: 'TRY-$AT', status: 'active' },
      items: [{ product_id: productId, product_name: productName }],
      customer: { email, name },
    },
  }
  // Single quotes end where the shell is to put something in.
  const quoted = `'${JSON.stringify(body)
    .replace(/'/g, `'\\''`)
    .replace(/\$(NOW|AT)/g, `'$$$1'`)}'`
  return [
    `SECRET='${secret}'; AT=$(date +%s); NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ); BODY=${quoted}`,
    `KEY=$(printf %s "\${SECRET#whsec_}" | base64 -d | od -An -vtx1 | tr -d ' \\n')`,
    `SIGNATURE=$(printf %s "msg_$AT.$AT.$BODY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)`,
    `curl -sX POST '${address}' -H "webhook-id: msg_$AT" -H "webhook-timestamp: $AT" -H "webhook-signature: v1,$SIGNATURE" -d "$BODY" -w '\\n'`,
  ].join('\n')
}

/** What is bought to try a shop's connection. */
export const trial = {
  ...{ productId: 'my-product', productName: 'My product' },
  ...{ email: 'buyer@example.com', name: 'Zoe Buyer' },
}
