import { analyzeSync, IfTag, TokenKind, UnlessTag, type Template, type Variables } from 'liquidjs';

/** One place where a template names something that is to be given to it. */
export interface Use {
  /** Dotted: "session.title". */
  name: string;
  /** `condition` is lenient about what is missing (it is never true); `value` is not. */
  as: 'value' | 'condition';
  /** What the conditions around it have found to be there. */
  behind: readonly string[];
}

type Branch = IfTag['branches'][number];

/** What a tag encloses; the library gives it as the end of a generator. */
const enclosedBy = (t: Template): Template[] => (t.children?.(false, true).next().value ?? []) as Template[];

const flat = (found: Variables): { key: string; name: string }[] =>
  Object.values(found)
    .flat()
    .map((v) => ({ key: `${v.location.row}:${v.location.col}`, name: v.segments.map((s) => (typeof s === 'object' ? '*' : String(s))).join('.') }));

/** Names that stand in the tag itself, not in what it encloses; those that it makes itself (a loop's) are left out. */
function ownNames(template: Template, enclosed: Template[]): string[] {
  if (template.token.kind === TokenKind.HTML) return [];
  const inside = new Set(enclosed.length === 0 ? [] : flat(analyzeSync(enclosed, { partials: false }).variables).map((v) => v.key));
  return flat(analyzeSync([template], { partials: false }).globals).flatMap((v) => (inside.has(v.key) ? [] : [v.name]));
}

/** What has to be there for a condition to be true: each part of it that is a bare name, when nothing but `and` joins them. */
function foundBy({ value }: Branch): string[] {
  const tokens = value.initial.postfix;
  const text = tokens[0]?.input.slice(Math.min(...tokens.map((t) => t.begin)), Math.max(...tokens.map((t) => t.end))) ?? '';
  if (/\b(or|not)\b/.test(text)) return [];
  return text.split(/\band\b/).flatMap((part) => /^\s*([A-Za-z_][\w.]*)\s*$/.exec(part)?.[1] ?? []);
}

function walk(templates: Template[], behind: readonly string[], locals: ReadonlySet<string>): Use[] {
  return templates.flatMap((t): Use[] => {
    const enclosed = enclosedBy(t);
    const own = (as: Use['as']): Use[] =>
      ownNames(t, enclosed)
        .filter((name) => !locals.has(name.split('.')[0]!))
        .map((name) => ({ name, as, behind }));
    if (t instanceof IfTag)
      return [
        ...own('condition'),
        ...t.branches.flatMap((b) => walk(b.templates, [...behind, ...foundBy(b)], locals)),
        ...walk(t.elseTemplates ?? [], behind, locals),
      ];
    if (t instanceof UnlessTag)
      return [
        ...own('condition'),
        ...t.branches.flatMap((b) => walk(b.templates, behind, locals)),
        ...walk(t.elseTemplates, [...behind, ...foundBy(t.branches[0]!)], locals),
      ];
    return [...own('value'), ...walk(enclosed, behind, new Set([...locals, ...(t.blockScope?.() ?? [])]))];
  });
}

const known = new WeakMap<Template[], Use[]>();

/** Everything that a template has to be given, in order. What it makes itself (`assign`, a loop's own name) is not among it. */
export function usesOf(templates: Template[]): readonly Use[] {
  const found = known.get(templates);
  if (found) return found;
  const made = new Set(flat(analyzeSync(templates, { partials: false }).locals).map((v) => v.name));
  const uses = walk(templates, [], made);
  known.set(templates, uses);
  return uses;
}
