// An organization as large as any we know of, straight into a migrated database, to see how lists and searches hold out:
//   DATABASE_URL=… LATCHKEY_SECRET=… node e2e/load/big-organization.ts [--keys 100000] [--events 2000000]
// Half as many devices again as keys, four customers and orders to five keys. All of it follows from the numbers, so it is the same every time.
import { parseArgs } from 'node:util'
import { newId } from '#lib/base/ids.ts'
import { pool, prisma } from '#lib/database/client.ts'
import { hashKeyString, keyStringColumns, makeKeyString } from '#lib/key-strings/string.ts'
import { makeTraffic, type Traffic } from './big-traffic.ts'

/** The organization, its owner, and one of everything that people search for. */
export type BigOrganization = {
  slug: string
  organizationId: string
  ownerId: string
  keyId: string
  key: string
  customerId: string
  email: string
  reference: string
  device: string
  fingerprint: string
  purchaseId: string
  productId: string
  configurationId: string
} & Traffic

const CHUNK = 10_000
const CONFIGURATIONS = 5
const PRODUCTS = 8
const YEARS = 3

// Names as customers have them; accents, other scripts, and none at all.
const FIRST =
  'José,Zoë,Łukasz,Søren,Ömer,Anna,Björn,Chloé,Tomás,Ingrid,Jürgen,Maria,Noël,Åsa,Petr,Siân,Ana,Ivan,Léa,Paul'
const LAST =
  'Herrera,Müller,Żak,Ångström,Nuñez,Smith,Ågren,Dvořák,Šimić,Brown,García,Çelik,Lindqvist,Ó Briain,Novák,Rossi,Le Gall,Petrov,Weiß,Ito,Håkansson,Møller,Fernández,Jones,Kováč'
const DEVICES =
  'MacBook Pro,ThinkPad X1,Studio iMac,Surface Laptop,DESKTOP-,Büro-PC,Render node,Mac mini,Ordinateur de bureau,Pracovní stanice'

/** Makes the organization. The newest rows come last, as they would. */
export async function makeBigOrganization({ keys = 100_000, events = 2_000_000 } = {}): Promise<BigOrganization> {
  const organizationId = newId()
  const slug = `big-${organizationId.slice(-12)}`
  const own = { organizationId }
  await prisma.organization.create({ data: { id: organizationId, slug, name: 'Big Fable' } })
  const owner = await prisma.user.create({
    data: { email: `owner@${slug}.example`, name: 'Olga Owner', emailVerifiedAt: new Date() },
  })
  await prisma.membership.create({ data: { ...own, userId: owner.id, role: 'owner' } })
  for (let i = 0; i < CONFIGURATIONS; i++)
    await prisma.keyConfiguration.create({
      data: {
        ...{ ...own, name: `Editor ${i + 1}`, prefix: 'BIG', graceDays: 7 },
        ...{ activationsMode: 'limited', activationLimit: 2 + i, usageLimit: i === 0 ? 1_000 : null },
      },
    })
  for (let i = 0; i < PRODUCTS; i++) await prisma.product.create({ data: { ...own, name: `Inkwell ${i + 1}` } })

  const strings = Array.from({ length: keys }, () => makeKeyString('uuid', 'BIG'))
  const now = new Date().toISOString()
  const client = await pool.connect()
  let traffic: Traffic
  try {
    // `at` spreads rows over some years, `pick` chooses without order; rows that belong together have the same number.
    await client.query(`
      SET statement_timeout = 0; SET synchronous_commit = off; SET client_min_messages = warning;
      CREATE OR REPLACE FUNCTION pg_temp.pick(i int, salt int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
        $$ SELECT (hashint4(i * 31 + salt) & 2147483647) % n $$;
      CREATE OR REPLACE FUNCTION pg_temp.at(i float8, n int) RETURNS timestamptz LANGUAGE sql STABLE AS
        $$ SELECT date_trunc('milliseconds', '${now}'::timestamptz - interval '${YEARS} years' * ((n - i) / n)) $$;
      CREATE OR REPLACE FUNCTION pg_temp.id(i int, salt int, at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS
        $$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(m, 1, 3) || '8' || substr(m, 4, 15))::uuid
           FROM md5('${organizationId}' || salt || '-' || i) m $$;
      CREATE OR REPLACE FUNCTION pg_temp.one(list text, i int) RETURNS text LANGUAGE sql IMMUTABLE AS
        $$ SELECT x[1 + i % array_length(x, 1)] FROM string_to_array(list, ',') x $$;
      DROP TABLE IF EXISTS pg_temp.big_configurations, pg_temp.big_products, pg_temp.big_customers, pg_temp.big_purchases, pg_temp.big_keys;
      CREATE TEMP TABLE big_configurations AS SELECT row_number() OVER (ORDER BY name) - 1 AS turn, id FROM key_configurations
        WHERE organization_id = '${organizationId}';
      CREATE TEMP TABLE big_products AS SELECT row_number() OVER (ORDER BY name) - 1 AS turn, id FROM products
        WHERE organization_id = '${organizationId}'`)
    const people = Math.ceil(keys * 0.8)
    const run = (sql: string, values: unknown[]) => client.query(sql, values)

    await run(
      `INSERT INTO customers (id, organization_id, email, name, external_id, created_at, updated_at)
       SELECT pg_temp.id(i, 1, at), $1, lower(translate(split_part(f, ' ', 1), 'éëŁøÖöáüÅâ', 'eeLoOoauAa')) || '.' || i || '@' ||
           pg_temp.one('gmail.example,studio.example,web.example,firma.example', i) , CASE WHEN i % 10 <> 0 THEN f || ' ' || l END,
         CASE WHEN i % 3 = 0 THEN 'cus_' || i END, at, at
       FROM generate_series(1, $2::int) i, pg_temp.at(i, $2) at, pg_temp.one($3, pg_temp.pick(i, 1, 20)) f,
         pg_temp.one($4, pg_temp.pick(i, 2, 25)) l`,
      [organizationId, people, FIRST, LAST],
    )
    await run(
      `INSERT INTO purchases (id, organization_id, customer_id, product_id, source, reference, purchased_at, created_at)
       SELECT pg_temp.id(i, 2, at), $1, pg_temp.id(i, 1, at), p.id, 'store', 'SO-' || (100000 + i), at, at
       FROM generate_series(1, $2::int) i JOIN big_products p ON p.turn = i % ${PRODUCTS}, pg_temp.at(i, $2) at`,
      [organizationId, people],
    )
    for (let done = 0; done < keys; done += CHUNK) {
      const columns = strings.slice(done, done + CHUNK).map((text) => keyStringColumns(text, 'BIG'))
      await run(
        `INSERT INTO license_keys (id, organization_id, key_configuration_id, product_id, customer_id, purchase_id, external_id, key_hash,
           folded_hash, key_cipher, key_is_normal, last_characters, prefix, status, revoked_for, expires_at, usage, validations,
           last_validated_at, first_activated_at, note, note_folded, metadata, tags, created_at, updated_at, ended_for)
         SELECT pg_temp.id(i, 3, at), $1, c.id, p.id, u.id, b.id, CASE WHEN i % 2 = 0 THEN 'ext-' || i END, n.hash, n.folded, n.cipher, true,
           n.last, 'BIG', (CASE WHEN i % 40 = 7 THEN 'revoked' WHEN i % 40 = 9 THEN 'disabled' ELSE 'granted' END)::license_key_status,
           (CASE WHEN i % 40 = 7 THEN '{by_hand}' ELSE '{}' END)::revoke_reason[],
           CASE WHEN i % 5 < 2 THEN now() + (pg_temp.pick(i, 3, 800) - 300) * interval '1 day' END, i % 90, i % 900,
           CASE WHEN i % 7 > 0 THEN now() - pg_temp.pick(i, 4, 60 * 24 * 60) * interval '1 minute' END, at,
           note, fold_for_search(nullif(note, '')),
           CASE WHEN i % 10 = 1 THEN jsonb_build_object('team', 'team ' || i % 500) ELSE '{}' END,
           CASE WHEN i % 10 = 2 THEN ARRAY['beta'] ELSE '{}' END, at, at,
           CASE WHEN i % 5 < 2 AND pg_temp.pick(i, 3, 800) <= 300 THEN now() + (pg_temp.pick(i, 3, 800) - 300) * interval '1 day' END
         FROM unnest($4::bytea[], $5::bytea[], $6::bytea[], $7::text[]) WITH ORDINALITY AS n(hash, folded, cipher, last, nth),
           LATERAL (SELECT (n.nth + $3)::int AS i) x,
           LATERAL (SELECT CASE WHEN i % 20 = 3 THEN 'Moved to a new studio in Köln, asked by mail ' || i ELSE '' END AS note) o, LATERAL (SELECT CASE WHEN i > $8 THEN 1 + (i - $8) % 200 ELSE i END AS whose) w,
           pg_temp.at(i, $2) at, LATERAL (SELECT pg_temp.id(whose, 1, pg_temp.at(whose, $8)) AS id) u,
           LATERAL (SELECT CASE WHEN i <= $8 THEN pg_temp.id(whose, 2, pg_temp.at(whose, $8)) END AS id) b,
           big_configurations c, big_products p
         WHERE c.turn = i % ${CONFIGURATIONS} AND p.turn = i % ${PRODUCTS}`,
        [
          ...[organizationId, keys, done],
          columns.map(({ keyHash }) => keyHash),
          columns.map(({ foldedHash }) => foldedHash),
          columns.map(({ keyCipher }) => keyCipher),
          columns.map(({ lastCharacters }) => lastCharacters),
          people,
        ],
      )
    }
    await run(
      `INSERT INTO activations (id, organization_id, license_key_id, label, fingerprint, meta, validations, last_validated_at, created_at,
         deactivated_at)
       SELECT pg_temp.id(i, 4, at), $1, pg_temp.id(k, 3, pg_temp.at(k, $2)), d || CASE WHEN d LIKE '%-' THEN upper(to_hex(i * 7919)) ELSE
         ' ' || pg_temp.one($4, pg_temp.pick(k, 1, 20)) END, md5('device' || i), '{"os": "macOS 15"}', i % 300,
         CASE WHEN i % 6 > 0 THEN now() - pg_temp.pick(i, 4, 60 * 24 * 60) * interval '1 minute' END, at, CASE WHEN i % 5 = 4 THEN at + interval '1 hour' END
       FROM generate_series(1, $2::int * 3 / 2) i, LATERAL (SELECT 1 + (i - 1) % $2 AS k) key,
         pg_temp.at(i / 1.5, $2) at, pg_temp.one($3, pg_temp.pick(i, 5, 10)) d`,
      [organizationId, keys, DEVICES, FIRST],
    )
    await run(
      `INSERT INTO validation_days (license_key_id, day, valid, refused)
       SELECT pg_temp.id(i, 3, pg_temp.at(i, $1)), current_date - day, 1 + i % 9, i % 50 / 49
       FROM generate_series(1, $1::int) i, generate_series(0, 6) day WHERE i % 3 = 0`,
      [keys],
    )
    await run(
      `INSERT INTO validation_refusals (license_key_id, day, code, organization_id, count, last_at)
       SELECT pg_temp.id(i, 3, pg_temp.at(i, $2)), current_date - 1, CASE WHEN i % 40 = 7 THEN 'REVOKED' ELSE 'EXPIRED' END, $1, 1 + i % 30,
         now() - interval '1 day' FROM generate_series(1, $2::int) i WHERE i % 40 = 7 OR i % 100 = 50`,
      [organizationId, keys],
    )
    await run(
      `INSERT INTO validation_hours (organization_id, hour, code, count)
       SELECT $1, date_trunc('hour', now()) - h * interval '1 hour', code, 100 + h % 50
       FROM generate_series(0, 24 * 60) h, unnest('{VALID,EXPIRED,REVOKED}'::text[]) code`,
      [organizationId],
    )
    await run(
      `INSERT INTO events (id, organization_id, type, at, actor_kind, actor_label, license_key_id, customer_id, data)
       SELECT pg_temp.id(i, 5, at), $1, t, at, CASE WHEN t LIKE 'activation.%' THEN 'software' WHEN i % 3 = 0 THEN 'merchant' ELSE 'api_key' END,
         CASE WHEN t LIKE 'activation.%' THEN 'Software' WHEN i % 3 = 0 THEN 'Olga Owner' ELSE 'Shop server' END,
         pg_temp.id(k, 3, pg_temp.at(k, $2)), CASE WHEN k <= $6 THEN pg_temp.id(k, 1, pg_temp.at(k, $6)) END,
         CASE WHEN t LIKE 'activation.%' THEN jsonb_build_object('label', pg_temp.one($4, pg_temp.pick(i, 5, 10)) || ' ' || pg_temp.one($5, i % 20),
           'code', 'ACTIVATION_LIMIT_REACHED') ELSE jsonb_build_object('customer', 'somebody', 'purchase', 'SO-' || (100000 + k)) END
       FROM generate_series(1, $3::int) i, pg_temp.at(i, $3) at, LATERAL (SELECT 1 + pg_temp.pick(i, 6, $2) AS k) key,
         pg_temp.one('activation.created,license_key.issued,activation.created,activation.deactivated,activation.created,license_key.updated,'
           'activation.deactivated,license_key.mailed,activation.created,activation.refused', i) t`,
      [organizationId, keys, events, DEVICES, FIRST, people],
    )
    // What an old database has done at some time.
    await client.query(
      'VACUUM (ANALYZE) customers, purchases, license_keys, activations, validation_days, validation_refusals, events',
    )
    const me = {
      kind: 'merchant',
      userId: owner.id,
      email: owner.email,
      name: 'Olga Owner',
      role: 'owner',
      ...own,
    } as const
    traffic = await makeTraffic(client, me, keys)
  } finally {
    client.release(true)
  }
  return { slug, organizationId, ownerId: owner.id, ...traffic, ...(await examplesOf(organizationId, strings)) }
}

/** A key in the middle, and what stands around it. */
async function examplesOf(organizationId: string, strings: string[]) {
  const key = strings[Math.floor(strings.length / 2)] ?? ''
  const found = await prisma.licenseKey.findFirstOrThrow({
    where: { organizationId, keyHash: hashKeyString(key), activations: { some: { fingerprint: { not: null } } } },
    include: { customer: true, purchase: true, activations: true },
  })
  return {
    ...{ keyId: found.id, key, customerId: found.customerId, email: found.customer.email },
    reference: found.purchase?.reference ?? '',
    ...{
      purchaseId: found.purchaseId ?? '',
      productId: found.productId ?? '',
      configurationId: found.keyConfigurationId,
    },
    device: found.activations[0]?.label ?? '',
    fingerprint: found.activations[0]?.fingerprint ?? '',
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { keys: { type: 'string' }, events: { type: 'string' } } })
  const made = await makeBigOrganization({
    ...(values.keys && { keys: Number(values.keys) }),
    ...(values.events && { events: Number(values.events) }),
  })
  console.log(JSON.stringify(made, null, 2))
  await prisma.$disconnect()
  await pool.end()
}
