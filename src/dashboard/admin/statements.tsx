// Statements: a file is looked at and imported, and what has come in so far.
import { usePages } from '../api/lists.js';
import { period } from '../format/locale.js';
import { type StatementRowFragment, StatementsDocument, type StatementsQuery } from '../gql/graphql.js';
import { Card } from '../ui/card.js';
import { type Column, Endless } from '../ui/endless.js';
import { Page } from '../ui/page.js';
import { Empty } from '../ui/states.js';
import { Money, When } from '../ui/values.js';
import { Import } from './statement-import.js';

export function Statements() {
  const pages = usePages<StatementRowFragment>({
    document: StatementsDocument,
    variables: {},
    select: (data) => (data as StatementsQuery | undefined)?.royaltyStatements,
  });
  return (
    <Page title="Statements" note="What creators have earned, as distributors and societies report it.">
      <div className="grid gap-4">
        <Import done={() => pages.reload()} />
        <Card title="Statements so far" note="The latest period first." className="overflow-clip">
          <Endless
            label="Statements so far"
            pages={pages}
            columns={COLUMNS}
            empty={
              <Empty icon="statement" title="No statements yet">
                They come with the first file, or from your platform.
              </Empty>
            }
          />
        </Card>
      </div>
    </Page>
  );
}

const COLUMNS: Column<StatementRowFragment>[] = [
  {
    id: 'creator',
    head: 'Creator',
    cell: ({ creator, periodStart, periodEnd }) => (
      <>
        <span className="block truncate font-medium">{creator.displayName}</span>
        <span className="block truncate text-sm text-muted md:hidden">{period(periodStart, periodEnd)}</span>
      </>
    ),
  },
  {
    id: 'period',
    head: 'Period',
    cell: ({ periodStart, periodEnd }) => period(periodStart, periodEnd),
    className: 'hidden w-60 text-muted md:table-cell',
  },
  {
    id: 'came',
    head: 'Came in',
    cell: ({ createdAt }) => <When at={createdAt} />,
    className: 'hidden w-48 text-muted lg:table-cell',
  },
  {
    id: 'sum',
    head: 'Sum',
    cell: ({ amountCents, currency }) => (
      <Money cents={amountCents} currency={currency} className="font-semibold" />
    ),
    className: 'w-32 text-right',
  },
];
