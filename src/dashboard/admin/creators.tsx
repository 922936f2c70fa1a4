// Everybody who can be paid, and whether Stripe lets them.
import { Link } from '@tanstack/react-router';
import { usePages } from '../api/lists.js';
import { CreatorsDocument, type CreatorsQuery } from '../gql/graphql.js';
import { Badge } from '../ui/badge.js';
import { type Column, Endless } from '../ui/endless.js';
import { Page } from '../ui/page.js';
import { Empty } from '../ui/states.js';
import { Code, When } from '../ui/values.js';

type Creator = NonNullable<CreatorsQuery['creators']>['nodes'][number];

export const Ready = ({ is }: { is: boolean }) =>
  is ? <Badge tone="good">Can be paid</Badge> : <Badge tone="warn">Set-up not finished</Badge>;

const COLUMNS: Column<Creator>[] = [
  {
    id: 'creator',
    head: 'Creator',
    cell: ({ id, displayName, email }) => (
      <>
        <Link
          to="/creators/$id"
          params={{ id } as never}
          data-row-link
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {displayName}
        </Link>
        <span className="block truncate text-sm text-muted">{email}</span>
      </>
    ),
  },
  {
    id: 'their',
    head: 'Their id on the platform',
    cell: ({ externalId }) => externalId && <Code>{externalId}</Code>,
    className: 'hidden w-64 lg:table-cell',
  },
  {
    id: 'since',
    head: 'Since',
    cell: ({ createdAt }) => <When at={createdAt} />,
    className: 'hidden w-52 text-muted md:table-cell',
  },
  {
    id: 'payment',
    head: 'Payment',
    cell: ({ transfersEnabled }) => <Ready is={transfersEnabled} />,
    className: 'w-44 text-right',
  },
];

export function Creators() {
  const pages = usePages<Creator>({
    document: CreatorsDocument,
    field: 'creators',
    variables: {},
    select: (data) => (data as CreatorsQuery | undefined)?.creators,
  });
  return (
    <Page title="Creators">
      <section aria-label="List of creators" className="card overflow-clip">
        <Endless
          label="Creators"
          pages={pages}
          columns={COLUMNS}
          empty={
            <Empty icon="creators" title="No creators yet">
              They come with the first import, or from your platform.
            </Empty>
          }
        />
      </section>
    </Page>
  );
}
