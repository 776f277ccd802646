import type { ReactNode } from 'react';

interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  /** On a narrow screen it has a line of its own and needs no label. */
  isWide?: boolean;
}

/** A table whose rows become cards on a narrow screen; roles are named because the cards' layout would take them away. */
export function Rows<T>({ label, rows, columns, idOf }: { label: string; rows: T[]; columns: Column<T>[]; idOf: (row: T) => string }) {
  return (
    <table className="rows" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((c) => (
            <th key={c.title} role="columnheader" scope="col">
              {c.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={idOf(row)} role="row">
            {columns.map((c, n) =>
              n === 0 ? (
                <th key={c.title} role="rowheader" scope="row">
                  {c.cell(row)}
                </th>
              ) : (
                <td key={c.title} role="cell" data-label={c.isWide ? undefined : c.title} className={c.isWide ? 'wide' : undefined}>
                  {c.cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
