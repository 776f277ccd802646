import tseslint from 'typescript-eslint';

const server = [
  'workflows',
  'activities',
  'policy',
  'messages',
  'decisions',
  'commands',
  'domain',
  'db',
  'migrations',
  'api',
  'runtime',
  'bench',
].map((f) => `${f}/**/*.ts`);
/** Business time comes from the installation's clock; the real one is for leases, tokens and waiting (DESIGN: time). */
const noRealClock = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Business time comes from asOf; read the real clock in runtime/ only.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Business time comes from asOf; read the real clock in runtime/ only.',
  },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.lectern/**', 'console/src/api/schema.gen.ts', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: [...server, 'test/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'no-control-regex': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['policy/**/*.ts', 'messages/**/*.ts', 'decisions/**/*.ts', 'commands/**/*.ts', 'domain/**/*.ts', 'db/**/*.ts', 'activities/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noRealClock] },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program > VariableDeclaration[kind=let]', message: 'No module state in workflows: it is shared between runs.' },
      ],
    },
  },
  // Jest loads its set-up by the default export.
  { files: ['bench/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off', 'no-restricted-exports': 'off' } },
  { files: ['**/*.mjs', '**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
