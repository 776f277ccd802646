import { row, type Tx } from '../database';

export const ownOrganisation = async (tx: Tx): Promise<{ id: string; name: string; zone: string; locale: string }> =>
  (await row<{ id: string; name: string; zone: string; locale: string }>(tx, 'SELECT id, name, home_zone AS zone, locale FROM organisations'))!;
