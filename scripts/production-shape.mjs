/**
 * What can be said about docker-compose.yml and Dockerfile without a Docker engine: the Compose schema, and that what they name exists
 * (files, stages, services, volumes, variables, commands). `production-shape.mjs [FOLDER]` prints every fault, exit 1 with any.
 */
import { existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dockerfileFaults } from './dockerfile.mjs';

const home = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const CLI = 'dist/runtime/cli.js';

function schemaFaults(compose) {
  const Ajv = require('ajv');
  const schema = JSON.parse(readFileSync(path.join(home, 'scripts/compose/compose-spec.json'), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const isValid = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
  if (isValid(compose)) return [];
  return isValid.errors.map((e) => `docker-compose.yml: ${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
}

/** "${NAME}", "${NAME:?why}", "${NAME:-default}" as Compose fills them in, from the values of .env.example. */
function filledIn(text, given, missing) {
  return text.replace(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, name, kind, rest) => {
    if (given[name] !== undefined) return given[name];
    if (kind === '-') return rest;
    missing.add(name);
    return '';
  });
}

/** Our commands, as the command line itself lists them. */
function commandsOfLectern() {
  const { stdout } = spawnSync(process.execPath, [path.join(home, CLI), '--help'], { encoding: 'utf8' });
  return [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}(\S+)/gm)].map((m) => m[1]);
}

function environmentFaults(name, service) {
  const { VARIABLES, loadConfig } = require(path.join(home, 'dist/runtime/config.js'));
  const environment = service.environment ?? {};
  const faults = Object.keys(environment)
    .filter((variable) => !VARIABLES.includes(variable))
    .map((variable) => `docker-compose.yml: services.${name}.environment.${variable} is no variable of Lectern (runtime/config.ts)`);
  try {
    loadConfig(Object.fromEntries(Object.entries(environment).map(([k, v]) => [k, String(v)])));
  } catch (error) {
    faults.push(...error.message.split('\n').map((line) => `docker-compose.yml: services.${name}: ${line}`));
  }
  const needs = { migrate: ['DATABASE_URL', 'DATABASE_OWNER_URL'] }[name] ?? [
    'DATABASE_URL',
    'TEMPORAL_ADDRESS',
    'SMTP_URL',
    'LECTERN_SECRET',
    'PUBLIC_URL',
  ];
  return [...faults, ...needs.filter((v) => !(v in environment)).map((v) => `docker-compose.yml: services.${name}.environment lacks ${v}`)];
}

function dependencyFaults(name, service, services) {
  return Object.entries(service.depends_on ?? {}).flatMap(([other, { condition }]) => {
    const at = `docker-compose.yml: services.${name}.depends_on.${other}`;
    if (!services[other]) return [`${at}: there is no such service`];
    if (condition === 'service_healthy' && !services[other].healthcheck?.test) return [`${at}: waits for health, but ${other} has no healthcheck`];
    if (condition === 'service_completed_successfully' && services[other].restart) return [`${at}: waits for its end, but ${other} is restarted`];
    return [];
  });
}

function volumeFaults(root, name, service, declared) {
  return (service.volumes ?? []).flatMap((volume) => {
    const source = String(volume).split(':')[0];
    if (/^[./~]/.test(source)) return existsSync(path.join(root, source)) ? [] : [`docker-compose.yml: services.${name}: ${source} does not exist`];
    return source in declared ? [] : [`docker-compose.yml: services.${name}: volume ${source} is not declared under volumes`];
  });
}

function commandFaults(name, { command }, commands) {
  const [node, script, verb] = command ?? [];
  if (node === 'node' && script === CLI && commands.includes(verb)) return [];
  return [`docker-compose.yml: services.${name}.command ${JSON.stringify(command)} is none of: node ${CLI} ${commands.join('|')}`];
}

export function productionFaults(root = home) {
  const YAML = require('yaml');
  const given = require('dotenv').parse(readFileSync(path.join(root, '.env.example')));
  const missing = new Set();
  const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
  const document = YAML.parseDocument(text, { merge: true, uniqueKeys: true });
  if (document.errors.length > 0) return document.errors.map((e) => `docker-compose.yml: ${e.message}`);
  const schema = schemaFaults(document.toJS());
  if (schema.length > 0) return schema;
  const compose = JSON.parse(filledIn(JSON.stringify(document.toJS()), given, missing));
  const commands = commandsOfLectern();
  const declared = compose.volumes ?? {};
  const faults = [...missing].map((name) => `.env.example: does not give ${name}, which docker-compose.yml asks for`);
  for (const needed of ['postgres', 'temporal', 'mail', 'migrate', 'worker', 'server'])
    if (!compose.services[needed]) faults.push(`docker-compose.yml: services lack ${needed}`);
  for (const [name, service] of Object.entries(compose.services)) {
    faults.push(...dependencyFaults(name, service, compose.services), ...volumeFaults(root, name, service, declared));
    if (service.build) faults.push(...environmentFaults(name, service), ...commandFaults(name, service, commands));
    else if (!/:[\w.-]+$/.test(service.image ?? '')) faults.push(`docker-compose.yml: services.${name}.image names no version`);
  }
  return [...faults, ...dockerfileFaults(root, commands)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = productionFaults(process.argv[2] ? path.resolve(process.argv[2]) : home);
  faults.forEach((fault) => console.log(fault));
  process.exit(faults.length === 0 ? 0 : 1);
}
