import { SYSTEM } from '../../commands/context';
import { publishRules } from '../../commands/publish-rules';
import { createApiKey } from '../../commands/sign-in';
import { newId } from '../../domain/ids';
import type { Role } from '../../domain/vocabulary';
import { defaultRulesFolder, readRuleFiles } from '../../runtime/rule-files';
import { Lectern } from './lectern';

/** An organisation of a test's own on the shared Lectern, for what would be in everybody else's way (a pause, a calendar). */
export class OwnOrganisation extends Lectern {
  /** `policies` are written into the shipped ones: by file name, a function of the document. */
  static async of(lectern: Lectern, policies: Record<string, (document: never) => void> = {}): Promise<OwnOrganisation> {
    const organisationId = newId();
    const adminKey = await lectern.db.inOrganisation(organisationId, async (tx) => {
      await tx.raw(`INSERT INTO organisations (id, name, slug, home_zone) VALUES (?, 'Invented school', ?, 'Europe/Berlin')`, [
        organisationId,
        organisationId,
      ]);
      return (await createApiKey(tx, { organisationId, name: 'Ada Admin', roles: ['admin', 'coordinator'], now: new Date() })).key;
    });
    const files = readRuleFiles(defaultRulesFolder());
    for (const [file, edit] of Object.entries(policies)) {
      const found = files.policies.find((p) => p.file === file)!;
      const document = JSON.parse(found.text) as never;
      edit(document);
      found.text = JSON.stringify(document);
    }
    const system = { db: lectern.db, organisationId, principal: SYSTEM, asOf: lectern.now(), requestId: null, secret: lectern.at.secret };
    await publishRules(system, { ...files, message: 'for a test' });
    return new OwnOrganisation(JSON.stringify({ ...lectern.at, organisationId, adminKey }), new Date().toISOString());
  }

  /** A further key, of somebody else. */
  async key(name: string, ...roles: Role[]): Promise<Record<string, string>> {
    const { organisationId } = this.at;
    const { key } = await this.in((tx) => createApiKey(tx, { organisationId, name, roles, now: new Date() }));
    return { authorization: `Bearer ${key}` };
  }
}

/** Makes one before the tests of a file, and leaves it after them. */
export function organisedForAll(made: (own: OwnOrganisation) => void): void {
  const shared = new Lectern();
  let own: OwnOrganisation | undefined;
  beforeAll(async () => {
    own = await OwnOrganisation.of(shared);
    made(own);
  });
  afterAll(async () => {
    await own?.close();
    await shared.close();
  });
}
