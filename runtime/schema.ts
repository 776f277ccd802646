import { Client } from 'pg';

/** Everything that makes a schema, each part in an order of its own, so that equal schemas give equal text. */
const PARTS: Record<string, string> = {
  columns: `SELECT format('%s.%s %s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
      CASE WHEN a.attidentity <> '' THEN ' IDENTITY' ELSE '' END, CASE WHEN d.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) ELSE '' END) AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`,
  constraints: `SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS line FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY conrelid::regclass::text, conname`,
  indexes: `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY tablename, indexname`,
  policies: `SELECT format('%s %s %s %s USING %s WITH CHECK %s', tablename, policyname, roles, cmd, qual, with_check) AS line FROM pg_policies ORDER BY tablename, policyname`,
  'row-level security': `SELECT format('%s enabled %s forced %s', relname, relrowsecurity, relforcerowsecurity) AS line FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname`,
  triggers: `SELECT pg_get_triggerdef(t.oid) AS line FROM pg_trigger t WHERE NOT tgisinternal ORDER BY tgrelid::regclass::text, tgname`,
  functions: `SELECT pg_get_functiondef(p.oid) AS line FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY proname`,
  grants: `SELECT format('%s %s %s', table_name, grantee, string_agg(privilege_type, ',' ORDER BY privilege_type)) AS line FROM information_schema.role_table_grants
    WHERE table_schema = 'public' AND grantee = 'lectern_app' GROUP BY table_name, grantee ORDER BY table_name`,
};

/** The schema of a database as text: what is committed in db/schema.sql and compared by the tests. */
export async function describeSchema(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const sections: string[] = [];
    for (const [name, sql] of Object.entries(PARTS)) {
      const { rows } = await client.query<{ line: string }>(sql);
      sections.push(`-- ${name}\n${rows.map((r) => r.line).join('\n')}`);
    }
    return `${sections.join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}
