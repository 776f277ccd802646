import { createPerson } from '../commands/people';
import { publishRules } from '../commands/publish-rules';
import { createApiKey } from '../commands/sign-in';
import { SYSTEM, type Context } from '../commands/context';
import { accessOf } from '../db/access-tokens';
import { insertOrganisation, organisationIds, whileAlone } from '../db/organisations';
import { newestSet } from '../db/rule-sets';
import type { Database } from '../db/database';
import { newId } from '../domain/ids';
import { defaultRulesFolder, readRuleFiles } from './rule-files';

export interface FirstStart {
  organisationId: string;
}

export const systemContext = (db: Database, organisationId: string, { secret, asOf }: { secret: string; asOf: Date }): Context => ({
  db,
  organisationId,
  principal: SYSTEM,
  asOf,
  requestId: null,
  secret,
});

const ADA = { kind: 'admin', name: 'Ada Admin', givenName: 'Ada', email: 'ada.admin@example.invalid', zone: 'Europe/Berlin' } as const;

/**
 * The organisation of this installation, with its rules published from the files and an admin. Each part is made when it is
 * missing, so that a first start that was killed is completed by the next; two first starts at once make one.
 */
export async function ensureOrganisation(db: Database, secret: string, asOf: Date): Promise<FirstStart> {
  return whileAlone(db, async () => {
    const [existing] = await organisationIds(db.crossing);
    const organisationId = existing ?? newId();
    const ctx = systemContext(db, organisationId, { secret, asOf });
    if (!existing) {
      await db.inOrganisation(organisationId, (tx) =>
        insertOrganisation(tx, { id: organisationId, name: 'Example Tutoring', slug: 'example', homeZone: 'Europe/Berlin' }),
      );
    }
    const isPublished = await db.inOrganisation(organisationId, newestSet);
    if (!isPublished) await publishRules(ctx, { ...readRuleFiles(defaultRulesFolder()), message: 'The rules as shipped' });
    if (!(await db.inOrganisation(organisationId, accessOf)).isThereAnAdmin) await createPerson(ctx, ADA);
    return { organisationId };
  });
}

/** The first admin key, for the one process that shows it; null once there is one. Only its hash is kept. */
export const issueFirstKey = (db: Database, organisationId: string): Promise<string | null> =>
  whileAlone(db, () =>
    db.inOrganisation(organisationId, async (tx) => {
      if ((await accessOf(tx)).isThereAnAdminKey) return null;
      const { key } = await createApiKey(tx, { organisationId, name: 'First key', roles: ['admin', 'coordinator'], now: new Date() });
      return key;
    }),
  );
