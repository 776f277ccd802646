/** Import directions (docs/architecture.md): what each folder may import of ours. Anything else fails the check. */
const may = {
  domain: [],
  migrations: [],
  policy: ['domain'],
  messages: ['domain'],
  db: ['domain', 'policy'],
  decisions: ['db', 'policy', 'domain'],
  commands: ['decisions', 'db', 'policy', 'messages', 'domain'],
  activities: ['commands', 'decisions', 'db', 'messages', 'policy', 'domain'],
  api: ['commands', 'decisions', 'db', 'policy', 'messages', 'domain'],
};
const ours = 'workflows|activities|policy|messages|decisions|commands|domain|db|migrations|api|runtime|console|bench|test';
const rule = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to });
module.exports = {
  forbidden: [
    ...Object.entries(may).map(([folder, allowed]) =>
      rule(`${folder}-imports`, `^${folder}/`, { path: `^(${ours})/`, pathNot: `^(${[folder, ...allowed].join('|')})/` }),
    ),
    rule('workflows-imports', '^workflows/', { path: `^(${ours})/`, pathNot: '^(workflows|domain)/', dependencyTypesNot: ['type-only'] }),
    rule('workflows-types', '^workflows/', { path: `^(${ours})/`, pathNot: '^(workflows|domain|activities)/' }),
    rule('runtime-imports-of-workflows', '^runtime/', { path: '^workflows/', pathNot: '^workflows/[a-z]+/contract' }),
    rule('no-cycles', '.*', { circular: true, dependencyTypesNot: ['type-only'] }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules|dist' },
  },
};
