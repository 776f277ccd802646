import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from 'pino';
import { pgCode } from '../db/database';
import { LecternError } from '../domain/errors';

/** What kind of fault it is, in words that quote nobody: our code, Postgres's, or the class. */
function kindOf(error: unknown): string {
  if (error instanceof LecternError) return error.code;
  if (!(error instanceof Error)) return 'unknown';
  return pgCode(error) ?? error.name;
}

/**
 * What goes wrong inside an activity may quote a row, an address or a transcript, and Temporal keeps failures for as long as the
 * history. It is told the kind of the fault only; where it happened stands in our log, under the same activity and workflow.
 */
export const discreetActivities =
  (logger: Logger): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          if (error instanceof CancelledFailure || error instanceof ApplicationFailure) throw error;
          const kind = kindOf(error);
          logger.error({ err: error, activity: info.activityType, workflowId: info.workflowExecution?.workflowId }, 'an activity failed');
          throw ApplicationFailure.create({ type: kind, message: `${info.activityType} failed (${kind}); the worker's log says where.` });
        }
      },
    },
  });
