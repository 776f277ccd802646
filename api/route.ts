import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Context } from '../commands/context';
import type { Tx } from '../db/database';
import type { Scope } from '../db/read/scope';
import type { ErrorCode } from '../domain/errors';
import type { Role } from '../domain/vocabulary';
import type { ApiDeps } from './deps';

export interface Reply {
  status: number;
  body: unknown;
  location?: string;
}

/** What a handler is given: the request parsed and authorised, and the context that commands want. */
export interface Call<P = Record<string, unknown>, Q = Record<string, unknown>, B = unknown> {
  params: P;
  query: Q;
  body: B;
  ctx: Context;
  /** Whose rows the caller may see; goes into the SQL predicate. */
  scope: Scope;
  deps: ApiDeps;
  /** One transaction of the caller's organisation, for the functions of db/read. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/**
 * One route: what is mounted and what the OpenAPI document says come from the same object, so that they cannot differ.
 * Handlers are methods on purpose: a list of routes with different requests is then one type.
 */
export interface Route<P extends z.ZodObject = z.ZodObject, Q extends z.ZodObject = z.ZodObject, B extends z.ZodType = z.ZodType> {
  method: 'get' | 'post' | 'patch';
  /** As in OpenAPI: /v1/sessions/{id}. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  roles: readonly Role[];
  /** What `{id}` names, for the answer when there is none. */
  what?: string;
  params?: P;
  query?: Q;
  body?: B;
  bodyLimitBytes?: number;
  responses: Record<number, { description: string; schema?: z.ZodType }>;
  /** Errors of its own; those that every route may give are added. */
  errors?: readonly ErrorCode[];
  /** False for a POST that changes nothing (preview, check): its key need not be kept. */
  keepsKey?(call: Call<z.infer<P>, z.infer<Q>, z.infer<B>>): boolean;
  handle(call: Call<z.infer<P>, z.infer<Q>, z.infer<B>>): Promise<Reply>;
  /**
   * Turns what the command's transaction returned into the reply, for the retry after a process died between commit and
   * answer. Null when the value is not the command's result.
   */
  recover?(committed: unknown): Reply | null;
}

export const route = <P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(spec: Route<P, Q, B>): Route => spec;

/** A route that writes its own answer (a stream). */
export interface StreamRoute extends Omit<Route, 'handle' | 'recover' | 'keepsKey'> {
  stream(call: Call, req: Request, res: Response): Promise<void>;
}
