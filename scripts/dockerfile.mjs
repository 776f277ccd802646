/** The Dockerfile, read as far as its promises go: stages, what it copies, who runs it, how it is asked whether it lives. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Instructions in order, continued lines joined, comments left out. */
function instructionsOf(text) {
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => ({ verb: line.trim().split(/\s+/)[0], rest: line.trim().replace(/^\S+\s+/, '') }));
}

function stagesOf(text) {
  const stages = [];
  for (const instruction of instructionsOf(text)) {
    if (instruction.verb === 'FROM') stages.push({ name: / AS (\S+)$/i.exec(instruction.rest)?.[1], image: instruction.rest, instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** What .dockerignore keeps out of the build; it names plain files and folders only. */
function isIgnored(root, file) {
  const ignored = readFileSync(path.join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return ignored.includes(file.split('/')[0]);
}

function copyFaults(root, stage, stages) {
  const faults = [];
  for (const { rest } of stage.instructions.filter((i) => i.verb === 'COPY')) {
    const words = rest.split(/\s+/);
    const from = words.find((w) => w.startsWith('--from='))?.slice('--from='.length);
    const sources = words.filter((w) => !w.startsWith('--')).slice(0, -1);
    if (from && !stages.some((s) => s.name === from)) faults.push(`Dockerfile: COPY --from=${from}: there is no such stage`);
    for (const source of sources) {
      const file = from ? path.relative('/app', source) : source;
      // What the build makes is not in the repository.
      const isMade = from !== undefined && ['node_modules', 'dist'].includes(file);
      if (!isMade && (!existsSync(path.join(root, file)) || isIgnored(root, file)))
        faults.push(`Dockerfile: COPY ${source}: is not there, or .dockerignore leaves it out`);
    }
  }
  return faults;
}

/** Faults in words; `commands` are those of the command line. */
export function dockerfileFaults(root, commands) {
  const stages = stagesOf(readFileSync(path.join(root, 'Dockerfile'), 'utf8'));
  const faults = stages.flatMap((stage) => copyFaults(root, stage, stages));
  const last = stages.at(-1)?.instructions ?? [];
  const lastOf = (verb) => last.filter((i) => i.verb === verb).at(-1)?.rest;
  if (stages.length < 2) faults.push('Dockerfile: has one stage; what builds must not be shipped');
  if (!/^[a-z_][\w-]*$/.test(lastOf('USER') ?? '') || lastOf('USER') === 'root')
    faults.push('Dockerfile: the last stage has no USER other than root');
  if (!/\/healthz/.test(lastOf('HEALTHCHECK') ?? '')) faults.push('Dockerfile: the last stage has no HEALTHCHECK on /healthz');
  const command = /^\["node", "dist\/runtime\/cli\.js", "([\w-]+)"\]$/.exec(lastOf('CMD') ?? '')?.[1];
  if (!commands.includes(command)) faults.push(`Dockerfile: CMD ${lastOf('CMD')} is no command of Lectern`);
  const wanted = Number(/\d+/.exec(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).engines.node)[0]);
  for (const { image } of stages)
    if (!(Number(/^node:(\d+)/.exec(image)?.[1]) >= wanted)) faults.push(`Dockerfile: FROM ${image} is not Node ${wanted} or newer`);
  return faults;
}
