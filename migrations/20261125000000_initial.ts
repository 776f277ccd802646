import type { Knex } from 'knex';
import { ACCESS } from './initial/access';
import { BOXES } from './initial/boxes';
import { DECISIONS } from './initial/decisions';
import { DOCUMENTS } from './initial/documents';
import { HISTORY } from './initial/history';
import { LEDGER } from './initial/ledger';
import { LESSON } from './initial/lesson';
import { OBLIGATIONS } from './initial/obligations';
import { PEOPLE } from './initial/people';
import { ROOMS } from './initial/rooms';
import { secure } from './initial/security';
import { SESSIONS } from './initial/sessions';

/**
 * The first schema. Every table carries organisation_id and is read through row-level security by `lectern_app`, which owns
 * nothing. `lectern_owner` owns the tables; its own policies serve the few SECURITY DEFINER functions that must resolve a key,
 * token or source to an organisation, or list organisations with work. Nothing else crosses.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('CREATE EXTENSION IF NOT EXISTS btree_gist');
  // In this order, because the later name the earlier.
  for (const tables of [PEOPLE, ACCESS, DECISIONS, SESSIONS, ROOMS, OBLIGATIONS, LESSON, DOCUMENTS, HISTORY, BOXES, LEDGER]) await knex.raw(tables);
  await secure(knex);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('The first migration is not undone; restore a backup instead.'));
}
