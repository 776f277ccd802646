import type { RequestHandler } from 'express';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { SYSTEM } from '../../commands/context';
import { reportSms } from '../../commands/sms-status';
import { LecternError, notFound } from '../../domain/errors';
import { isId } from '../../domain/ids';
import type { ApiDeps } from '../deps';
import { readBytes } from '../http/body';
import { requestIdOf } from '../http/request-id';

export const SMS_STATUS = '/sms/twilio/:organisation/:key';
/** Where the reports of a message go: it names the message, because they may come before the answer that gives Twilio's own id of it. */
export const smsStatusPath = (organisationId: string, key: string): string => `/sms/twilio/${organisationId}/${key}`;

const LIMIT_BYTES = 64 * 1024;
const KEY = /^[0-9a-f-]{36}\.sms$/;

/**
 * Takes Twilio's report of what became of a message: signed over the address as Twilio was given it and the fields of the form, so that
 * the address itself can be believed. 204, also for a repeat.
 */
export function receiveSmsStatus(deps: ApiDeps): RequestHandler<{ organisation: string; key: string }> {
  return async (req, res) => {
    const { organisation: organisationId, key: effectKey } = req.params;
    if (!deps.twilioAuthToken || !isId(organisationId) || !KEY.test(effectKey)) throw notFound('message', effectKey.slice(0, 60));
    const form = Object.fromEntries(new URLSearchParams((await readBytes(req, res, LIMIT_BYTES)).toString('utf8')));
    const url = deps.publicUrl() + req.originalUrl;
    if (!validateRequest(deps.twilioAuthToken, req.get('x-twilio-signature') ?? '', url, form)) {
      throw new LecternError(
        'bad-signature',
        `This is not signed by Twilio for ${deps.publicUrl()}; PUBLIC_URL has to be the address that Twilio calls.`,
      );
    }
    const ctx = { db: deps.db, organisationId, principal: SYSTEM, asOf: deps.clock(), requestId: requestIdOf(req), secret: deps.secret };
    const { MessageSid: ref = '', MessageStatus: status = '', ErrorCode: errorCode = null } = form;
    await reportSms(ctx, { effectKey, ref, status, errorCode });
    res.status(204).end();
  };
}
